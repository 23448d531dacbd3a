/**
 * VS Code's desktop edition where it can be had, its server edition in a headless Chromium otherwise.
 * WHITTLE_TEST_EDITOR=desktop|server picks one.
 */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hasDisplay, provideDesktop } from "./desktopEdition.mjs";
import { provideEditor } from "./editorCache.mjs";

const run = promisify(execFile);
const wrapper = fileURLToPath(new URL("./serverWrapper.mjs", import.meta.url));

/**
 * @param work a folder for the program that starts it
 * @returns {Promise<{ kind: string, executable: string, env: Record<string, string>, install: (vsix: string,
 *   folders: string[]) => Promise<void> }>} `install` puts a package into the folders that the arguments name
 */
export async function chooseEditor(work, say) {
  const wish = process.env.WHITTLE_TEST_EDITOR;
  if (wish !== "server") {
    try {
      return await prepareDesktop(work);
    } catch (error) {
      if (wish === "desktop") {
        throw error;
      }
      say(`The desktop edition cannot be used here (${error.message.split("\n")[0]}).`);
    }
  }
  const parts = await provideEditor(say);
  return {
    kind: "server edition in Chromium",
    executable: await makeLauncher(work, process.execPath, [wrapper]),
    env: { WHITTLE_EDITOR: JSON.stringify(parts) },
    install: async (vsix, folders) => {
      await run(parts.node, [
        parts.server,
        "--accept-server-license-terms",
        ...folders,
        "--install-extension",
        vsix,
        "--force",
      ]);
    },
  };
}

async function prepareDesktop(work) {
  const program = await provideDesktop();
  const executable = hasDisplay() ? program : await makeLauncher(work, "xvfb-run", ["-a", program]);
  await run(executable, ["--version", "--no-sandbox"], { timeout: 30_000 });
  return {
    kind: "desktop edition",
    executable,
    env: {},
    install: async (vsix, folders) => {
      await run(executable, ["--no-sandbox", ...folders, "--install-extension", vsix, "--force"]);
    },
  };
}

/** One program that starts `command` with these arguments before its own. */
async function makeLauncher(work, command, args) {
  const file = join(work, "launch-editor.sh");
  const quoted = [command, ...args].map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ");
  await writeFile(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return file;
}
