/** `npm start`: makes ready what is missing, then prunes LeNet-300-100 on the embedded digits. */
import { ensureReady, runShown } from "./ensure.mjs";
import { CLI, trySetup } from "./native.mjs";

try {
  await ensureReady();
  await trySetup();
  // More arguments come from the user: npm start -- --seed 1
  const args = [CLI, "run", "examples/lenet300.model.ts", "--data", "digits", ...process.argv.slice(2)];
  process.exitCode = await runShown(process.execPath, args);
  if (process.exitCode === 0) {
    console.log("In this folder, `npx whittle` is the command.");
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
