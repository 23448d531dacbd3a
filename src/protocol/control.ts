/**
 * Requests to a training process, JSON-RPC 2.0 over its control socket (`controlPath` in `runs/lock/lock.ts`). The run folder
 * is the truth; the socket only steers the run and says that the log has grown, so that readers look at once.
 */
export const CONTROL_PROTOCOL = 1;

/**
 * Exit code of a training process that failed and could not even write that down, as on a full disk: EX_IOERR of
 * sysexits.h. It is then all that the process can still say.
 */
export const EXIT_UNRECORDED = 74;

export interface Hello {
  readonly protocol: number;
  readonly runId: string;
  readonly pid: number;
}

/** Request method → parameters and result. */
export interface ControlRequests {
  hello: { params: undefined; result: Hello };
  /** Ends the current step, writes a checkpoint, then waits. */
  pause: { params: undefined; result: null };
  unpause: { params: undefined; result: null };
  /** Ends the current step, writes a checkpoint, ends the process with state `stopped`. */
  stop: { params: undefined; result: null };
  /** Ends this stage of regularized training and searches for a threshold at once; a `warning` event says if it cannot. */
  pruneNow: { params: undefined; result: null };
  /** Writes a checkpoint into `saved/`, where it stays. */
  save: { params: undefined; result: null };
}

/** Notification, at most ten a second: the log now ends with this sequence number. */
export const APPENDED = "appended";
export interface Appended {
  readonly seq: number;
}
