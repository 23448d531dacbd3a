/** Runs a command of our own command line in a process of its own, for work that must not be done in the host. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { WhittleError } from "../../protocol/errors.ts";

export interface CliProgram {
  /**
   * @returns what it printed on standard output
   * @throws WhittleError as the command itself says, if it takes `--json`; the reason of `signal` when cancelled
   */
  run(args: readonly string[], options?: CliRunOptions): Promise<string>;
}

export interface CliRunOptions {
  readonly signal?: AbortSignal;
  /** Each line of standard error. */
  readonly onNote?: (line: string) => void;
}

/** What a command that failed prints with `--json`. */
const failureSchema = z.object({ error: z.object({ message: z.string(), remedy: z.string() }) });

/** @param env added to this process's own */
export function createCliProgram(cliFile: string, env: Readonly<Record<string, string>>): CliProgram {
  return {
    async run(args, { signal, onNote } = {}) {
      signal?.throwIfAborted();
      const child = spawn(process.execPath, [cliFile, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
        // In VS Code this runtime is Electron; the variable makes it Node.
        env: { ...process.env, ...env, ELECTRON_RUN_AS_NODE: "1" },
      });
      // The command cleans up after itself; where signals do not exist it is just ended, and the next one cleans up.
      const onAbort = (): void => void child.kill("SIGINT");
      signal?.addEventListener("abort", onAbort, { once: true });
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
      });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      const notes: string[] = [];
      createInterface({ input: child.stderr }).on("line", (line) => {
        notes.push(line);
        onNote?.(line);
      });
      try {
        const code = await ended;
        signal?.throwIfAborted();
        if (code !== 0) {
          throw explainFailure(args, code, output, notes);
        }
        return output;
      } finally {
        signal?.removeEventListener("abort", onAbort);
      }
    },
  };
}

function explainFailure(args: readonly string[], code: number | null, output: string, notes: readonly string[]): Error {
  const failure = readFailure(output);
  return failure === undefined
    ? new WhittleError(`whittle ${args.join(" ")} ended with code ${code}: ${notes.slice(-3).join(" ")}`, {
        remedy: "See the log.",
      })
    : new WhittleError(failure.message, { remedy: failure.remedy });
}

function readFailure(output: string): { readonly message: string; readonly remedy: string } | undefined {
  try {
    return failureSchema.safeParse(JSON.parse(output)).data?.error;
  } catch {
    // It printed no document: it did not come that far.
    return undefined;
  }
}
