/** The command line as the benchmarks call it. */
import { spawn } from "node:child_process";
import { join } from "node:path";

const CLI = join(import.meta.dirname, "..", "dist", "cli.cjs");

/** @returns the one JSON document that it prints @throws Error with what it printed where it fails; it says why on standard error */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<unknown> {
  const child = spawn(process.execPath, [CLI, ...args, "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise((done) => child.on("close", done));
  if (code !== 0) throw new Error(`whittle ${args.join(" ")} ended with ${code}: ${output}`);
  return JSON.parse(output);
}
