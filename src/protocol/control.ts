/**
 * Requests to a training process, JSON-RPC 2.0 over its control socket (`controlPath` in `runs/lock.ts`). The run folder
 * is the truth; the socket only steers the run and says that the log has grown, so that readers look at once.
 */
export const CONTROL_PROTOCOL = 1;

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
}

/** Notification, at most ten a second: the log now ends with this sequence number. */
export const APPENDED = "appended";
export interface Appended {
  readonly seq: number;
}
