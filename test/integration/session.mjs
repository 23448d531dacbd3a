/** One editor, from its start to its end: the page with its workbench, and the bridge into its extension host. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runTests } from "@vscode/test-electron";
import { chromium } from "playwright-core";
import { freePort } from "./freePort.mjs";
import { until } from "./until.mjs";

const hostSuite = fileURLToPath(new URL("./hostSuite.cjs", import.meta.url));

/**
 * @param parts.editor see chooseEditor
 * @param parts.folder that it opens; none for an empty window
 * @param parts.folders arguments that name the folders of settings and extensions
 * @param parts.extension folder of the extension under development
 * @param parts.isTrusted whether the workspace is, without being asked (server edition only: @vscode/test-electron
 *   trusts every workspace)
 * @param parts.verdict file that the extension host writes at its end
 * @param parts.rejections file that it adds unhandled rejections to
 */
export async function startEditor({ editor, folder, folders, extension, isTrusted, verdict, rejections }, say) {
  const [bridgePort, debugPort] = [await freePort(), await freePort()];
  const ended = new AbortController();
  const host = runTests({
    vscodeExecutablePath: editor.executable,
    extensionDevelopmentPath: extension,
    extensionTestsPath: hostSuite,
    launchArgs: [...(folder === undefined ? [] : [folder]), `--remote-debugging-port=${debugPort}`, ...folders],
    extensionTestsEnv: {
      ...editor.env,
      WHITTLE_BRIDGE_PORT: String(bridgePort),
      WHITTLE_DEBUG_PORT: String(debugPort),
      WHITTLE_HOST_VERDICT: verdict,
      WHITTLE_HOST_REJECTIONS: rejections,
      WHITTLE_TRUSTED: String(isTrusted),
    },
  }).finally(() => ended.abort(new Error("The editor ended before the scenario did.")));
  // Waited for at the end, where its failure counts; it must not be an unhandled one before.
  host.catch((error) => say(`The editor ended with an error: ${error.message}`));
  const bridge = (name, body) => callBridge(bridgePort, name, body);
  const page = await connect(debugPort);
  /** Resolves when the editor is gone, however that came about. */
  const gone = () => host.then(() => undefined).catch(() => undefined);
  return {
    /** Aborts when the editor is gone. */
    signal: ended.signal,
    bridge,
    page,
    gone,
    /** Without its extension host, which has been killed: the workbench would offer to start another one. */
    async end() {
      await page.close().catch(() => undefined);
      await gone();
    },
    /** The extension host comes to its end by itself, says so, and has left no promise unhandled. @throws when it does not */
    async finish() {
      const deadline = new Promise((_, reject) => setTimeout(reject, 30_000, new Error("It did not end in 30 s.")));
      const code = await Promise.race([bridge("finish").then(() => host), deadline]);
      if (code !== 0) {
        throw new Error(`Exit code ${code}.`);
      }
      await readFile(verdict);
      const unhandled = existsSync(rejections) ? await readFile(rejections, "utf8") : "";
      if (unhandled !== "") {
        throw new Error(`Unhandled rejections:\n${unhandled}`);
      }
    },
  };
}

/** The workbench's page, once the browser listens. */
async function connect(debugPort) {
  const browser = await until("the browser listens", () => chromium.connectOverCDP(`http://127.0.0.1:${debugPort}`));
  const page = await until("the workbench has a page", async () => {
    for (const candidate of browser.contexts().flatMap((context) => context.pages())) {
      if ((await candidate.locator(".monaco-workbench").count()) > 0) {
        return candidate;
      }
    }
    return undefined;
  });
  await page.locator(".monaco-workbench .part.statusbar .statusbar-item").first().waitFor({ timeout: 60_000 });
  return page;
}

async function callBridge(port, name, body = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/${name}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${name} failed in the extension host: ${text}`);
  }
  return JSON.parse(text);
}
