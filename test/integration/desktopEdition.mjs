/** VS Code's desktop edition, in the per-user cache; downloaded once. */
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { CACHE } from "./editorCache.mjs";

export const VERSION = "1.139.1";

/** @returns {Promise<string>} its program */
export async function provideDesktop() {
  // Asked first: the download itself waits and retries for long where nothing can be reached.
  await fetch("https://update.code.visualstudio.com/api/releases/stable", { signal: AbortSignal.timeout(5000) });
  return downloadAndUnzipVSCode({ version: VERSION, cachePath: CACHE });
}

/** Whether a window could be shown here. */
export function hasDisplay() {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
