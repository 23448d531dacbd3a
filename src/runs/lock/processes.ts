/**
 * Whether a process that was seen before is still there. A process number alone does not tell: numbers are used again.
 * On Linux the boot and the start time settle it; elsewhere Node can only ask whether some process has the number.
 */
import { readFileSync } from "node:fs";
import { errorCode } from "../../protocol/errors.ts";

export interface ProcessIdentity {
  readonly pid: number;
  /** Differs between two processes with the same number; "" where the system does not tell. */
  readonly start: string;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, start: readStart(pid)?.start ?? "" };
}

export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") {
      return false;
    }
    // EPERM: it is there and belongs to somebody else.
  }
  const now = readStart(identity.pid);
  if (now === undefined) {
    return process.platform !== "linux" || identity.start === "";
  }
  // A zombie has ended; it only waits for its parent to ask how.
  return !now.ended && (identity.start === "" || identity.start === now.start);
}

function readStart(pid: number): { start: string; ended: boolean } | undefined {
  if (process.platform !== "linux") {
    return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // `pid (name) state ppid …`; the name may hold spaces and brackets. Field 3 is the state, field 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return { start: `${boot}/${fields[19]}`, ended: fields[0] === "Z" || fields[0] === "X" };
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH" || errorCode(error) === "EACCES") {
      return undefined;
    }
    throw error;
  }
}
