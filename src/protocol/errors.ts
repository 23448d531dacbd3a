/**
 * The one error type that users see. `message` is a sentence that names the file or option; `remedy` says what to do.
 * Anything else that is thrown is a defect of ours or of the model file, and is wrapped at the edge of the process.
 */

/** `usage`: the request itself is wrong (exit code 2). `failed`: the request was fine, carrying it out was not (1). */
export type ErrorKind = "usage" | "failed";

export class WhittleError extends Error {
  readonly kind: ErrorKind;
  readonly remedy: string;

  constructor(message: string, options: { remedy: string; kind?: ErrorKind; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "WhittleError";
    this.kind = options.kind ?? "failed";
    this.remedy = options.remedy;
  }
}

/** A wrong option, setting or argument. */
export function usageError(message: string, remedy: string): WhittleError {
  return new WhittleError(message, { remedy, kind: "usage" });
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error such as ENOENT, if `error` is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
