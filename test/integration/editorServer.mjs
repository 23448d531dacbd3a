/** VS Code's server edition (see editorCache.mjs) as a process of ours, and the addresses at which it shows the workbench. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./freePort.mjs";

/** After that it is not asked any more. */
const PATIENCE_MS = 5000;

/**
 * @param parts see `provideEditor`
 * @param options.userData folder of settings and state
 * @param options.extensions folder of installed extensions
 * @param options.home folder for what else the server writes
 * @param options.isTrusted whether every workspace is, without being asked
 * @param options.builtins (optional) folder of built-in extensions, in place of those that it brings
 */
export async function startServer(parts, { userData, extensions, home, isTrusted, builtins }) {
  const port = await freePort();
  const token = randomBytes(16).toString("hex");
  const tokenFile = join(home, "token");
  await mkdir(home, { recursive: true });
  // In a file, and only for its owner: whoever has it can do in the editor what its user can.
  await writeFile(tokenFile, token, { mode: 0o600 });
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--connection-token-file", tokenFile];
  flags.push("--accept-server-license-terms", "--disable-telemetry", "--disable-experiments");
  // The workbench takes an extension under development from its address only with this.
  flags.push("--enable-smoke-test-driver");
  flags.push("--user-data-dir", userData, "--extensions-dir", extensions, "--server-data-dir", home);
  flags.push(...(isTrusted ? ["--disable-workspace-trust"] : []));
  flags.push(...(builtins === undefined ? [] : ["--builtin-extensions-dir", builtins]));
  const child = spawn(parts.node, [parts.server, ...flags], {
    env: withoutEditor(process.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** Resolves with its exit code, or none after a signal. */
  const exited = new Promise((resolve) => child.once("exit", resolve));
  await untilItListens(child);
  return {
    exited,
    /**
     * @param extension folder of the extension under development
     * @param folder that is opened; none for an empty window
     * @param payload more of what the workbench takes, as pairs
     */
    address(extension, folder, payload = []) {
      const development = ["extensionDevelopmentPath", remotePath(port, extension)];
      return `http://127.0.0.1:${port}/?${new URLSearchParams({
        ...(folder === undefined ? { ew: "true" } : { folder }),
        payload: JSON.stringify([development, ...payload]),
        tkn: token,
      })}`;
    },
    /** A path as the workbench's address names it. */
    remotePath: (path) => remotePath(port, path),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        const hard = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
        await exited;
        clearTimeout(hard);
      }
    },
  };
}

/** An environment without what an editor that we run in has put there, and would have its own children do. */
export function withoutEditor(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("VSCODE_") && name !== "ELECTRON_RUN_AS_NODE"),
  );
}

function remotePath(port, path) {
  return `vscode-remote://127.0.0.1:${port}${path}`;
}

/** @throws Error with what it said when it ends before */
function untilItListens(child) {
  let said = "";
  return new Promise((resolve, reject) => {
    const listen = (text) => {
      said += text;
      if (said.includes("Extension host agent listening on")) {
        resolve();
      }
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    // Native parts that are missing print stacks here; nothing of ours needs them.
    child.stderr.setEncoding("utf8").on("data", listen);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`VS Code's server ended with ${code}:\n${said.slice(-4000)}`)));
  });
}
