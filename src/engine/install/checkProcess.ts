/** Runs the known-answer check in a process of its own: a library that crashes takes only that process with it. */
import { constants } from "node:os";
import { z } from "zod";
import { messageOf } from "../../protocol/errors.ts";
import type { EngineName } from "../types.ts";
import { checkProgram } from "./bundle.ts";
import { type Finished, runProgram } from "./programs.ts";

export type Verdict =
  | {
      readonly usable: true;
      readonly versions: Readonly<Record<string, string>>;
      /** Milliseconds; of the native engine. */
      readonly stepMs?: number | undefined;
    }
  | { readonly usable: false; readonly reason: string };

const DEADLINE_MS = 60_000;

const reportSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), versions: z.record(z.string(), z.string()), stepMs: z.number().optional() }),
  z.object({ ok: z.literal(false), problem: z.string() }),
]);

export interface CheckOptions {
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/** Never throws for an engine that does not work: that is a verdict. @throws the abort reason when cancelled */
export async function checkInProcess(name: EngineName, options: CheckOptions = {}): Promise<Verdict> {
  const program = checkProgram();
  let finished: Finished | undefined;
  try {
    finished = await runProgram(program.command, [...program.args, name], {
      ...(options.signal && { signal: options.signal }),
      deadlineMs: DEADLINE_MS,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ...options.env },
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    return { usable: false, reason: `its check could not be started: ${messageOf(error)}` };
  }
  return judge(finished);
}

/** @param finished nothing when there was no such program */
export function judge(finished: Finished | undefined): Verdict {
  if (finished === undefined) {
    return { usable: false, reason: "its check could not be started" };
  }
  if (finished.late) {
    return { usable: false, reason: `its check did not finish within ${DEADLINE_MS / 1000} seconds` };
  }
  if (finished.signal !== null) {
    const hint = finished.signal === "SIGILL" ? ", which means that this processor lacks an instruction it needs" : "";
    return {
      usable: false,
      reason: `its check crashed with ${finished.signal}${hint}`,
    };
  }
  const report = parseReport(finished.stdout);
  if (finished.code === 0 && report?.ok) {
    return { usable: true, versions: report.versions, stepMs: report.stepMs };
  }
  if (report?.ok === false) {
    return { usable: false, reason: report.problem };
  }
  const said = finished.stderr.trim().split("\n").slice(-3).join(" ");
  return {
    usable: false,
    reason: `its check ended with exit code ${describeCode(finished.code)}: ${said}`,
  };
}

/** A shell between passes a signal on as 128 + its number. */
function describeCode(code: number | null): string {
  const name = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  return name === undefined ? String(code) : `${code} (${name})`;
}

function parseReport(stdout: string): z.infer<typeof reportSchema> | undefined {
  for (const line of stdout.trim().split("\n").reverse()) {
    if (line.startsWith("{")) {
      try {
        return reportSchema.safeParse(JSON.parse(line)).data;
      } catch (error) {
        if (!(error instanceof SyntaxError)) {
          throw error;
        }
      }
    }
  }
  return undefined;
}
