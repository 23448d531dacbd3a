/**
 * Keeps two set-ups from doing the same work at once. Only a courtesy: each builds in a folder of its own and puts it in
 * place with one rename, so nothing breaks if both run. That is why a plain file with a heartbeat is enough here.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../../protocol/errors.ts";

const BEAT_MS = 2_000;
const STALE_MS = 15_000;
const POLL_MS = 500;

export interface InstallLock {
  release(): Promise<void>;
}

/**
 * Waits while another set-up holds `file` and its heartbeat is fresh.
 * @param onWait called once, when there is something to wait for
 */
export async function acquireInstallLock(
  file: string,
  options: { readonly signal: AbortSignal; readonly onWait: () => void },
): Promise<InstallLock> {
  await mkdir(dirname(file), { recursive: true });
  const mine = randomUUID();
  let waited = false;
  while (!(await claim(file, mine))) {
    if (await isStale(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (!waited) {
      waited = true;
      options.onWait();
    }
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Whoever took it over has its own heartbeat; a missing file is noticed at release.
    utimes(file, now, now).catch(() => clearInterval(heartbeat));
  }, BEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await readFile(file, "utf8").catch(() => "")) === mine) {
        await rm(file, { force: true });
      }
    },
  };
}

async function claim(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE_MS;
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return false;
    }
    throw error;
  }
}
