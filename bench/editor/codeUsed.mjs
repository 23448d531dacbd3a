/** Which code of a bundle has run: by V8's own count of calls, in the process that runs it. */

/**
 * Sent to the extension host.
 * @param file name of the bundle
 * @returns its functions that V8 knows of: begin and end in its text, and how often each was called
 */
export async function collectCalls(_vscode, file, require) {
  const { Session } = require("node:inspector/promises");
  const session = new Session();
  session.connect();
  try {
    // Counted from the start of the process on: nothing has to be switched on before the bundle is loaded.
    const { result } = await session.post("Profiler.getBestEffortCoverage");
    const script = result.find(({ url }) => url.endsWith(`/${file}`));
    return (script?.functions ?? []).map(({ ranges: [range] }) => [range.startOffset, range.endOffset, range.count]);
  } finally {
    session.disconnect();
  }
}

/** @param size of the bundle @returns bytes of it that belong to functions that were called */
export function countUsed(calls, size) {
  const used = new Uint8Array(size);
  // The outer ones first: what was called may hold what was not.
  for (const [begin, end, count] of [...calls].sort((a, b) => b[1] - b[0] - (a[1] - a[0]))) {
    used.fill(count > 0 ? 1 : 0, begin, end);
  }
  return used.reduce((sum, one) => sum + one, 0);
}
