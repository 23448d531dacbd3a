/** What the exit code of a command tells scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
