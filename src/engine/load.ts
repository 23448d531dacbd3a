/** Chooses the engine and loads it into this process. */
import { messageOf, WhittleError } from "../protocol/errors.ts";
import type { EngineRecord } from "../protocol/run.ts";
import type { EngineWish } from "../protocol/settings.ts";
import type { BatchNormalize } from "./batchNormalize.ts";
import type { SeededDraws } from "./draws.ts";
import type { GraphMaker } from "./graph/graph.ts";
import { inspectNative } from "./install/cache.ts";
import { checkKnownAnswers } from "./install/check.ts";
import type { NativeVerdict } from "./install/oneDnn.ts";
import { nativeVerdict } from "./install/verdicts.ts";
import type { Rows } from "./rows.ts";
import { startEngine } from "./start.ts";
import type { EngineName, TF } from "./types.ts";

export interface LoadedEngine {
  readonly tf: TF;
  /** What is computing, why, and which versions: goes into the run record. */
  readonly record: EngineRecord;
  /** Where the engine can run programs as graphs. */
  readonly graphs?: GraphMaker;
  /** Where the engine draws random tensors itself. */
  readonly draws?: SeededDraws;
  /** Where it has batch normalization in training as one operation. */
  readonly batchNormalize?: BatchNormalize;
  /** Where it holds tables of bytes as bytes. */
  readonly rows?: Rows;
  /** Told of each kernel that the engine lacks, once it has cost much. */
  readonly onSlowKernel?: (listener: (kernel: string) => void) => void;
}

export interface LoadOptions {
  /** Told, in a sentence each, what could not be used and why. */
  readonly onNote?: (line: string) => void;
  /** As a run began, which goes on bit for bit only so. */
  readonly as?: EngineRecord;
}

const REMEDIES: Readonly<Record<EngineName, string>> = {
  native: "Run `whittle setup` to install it, or leave the choice to Whittle (`--engine auto`).",
  wasm: "Leave the choice to Whittle (`--engine auto`), or take `--engine cpu`.",
  cpu: "This is a defect of the installation: run `npm ci` again.",
};

/**
 * `auto` takes the native engine if it is installed and its check passed, else wasm, else cpu. An engine asked for by
 * name is taken or refused, never replaced.
 * @throws WhittleError with what to do, when the engine asked for cannot be used
 */
export async function loadEngine(wish: EngineWish, options: LoadOptions = {}): Promise<LoadedEngine> {
  if (wish !== "auto") {
    const attempt = await tryEngine(wish, options);
    if ("problem" in attempt) {
      throw new WhittleError(`The ${wish} engine cannot be used: ${attempt.problem}.`, { remedy: REMEDIES[wish] });
    }
    return finish(wish, attempt, "It was asked for by name.");
  }
  const problems: string[] = [];
  for (const name of ["native", "wasm", "cpu"] as const) {
    const attempt = await tryEngine(name, options);
    if ("tf" in attempt) {
      return finish(name, attempt, reasonFor(name, problems));
    }
    problems.push(`The ${name} engine is not used: ${attempt.problem}.`);
    options.onNote?.(problems.at(-1) ?? "");
  }
  throw new WhittleError(`No engine can be used. ${problems.join(" ")}`, { remedy: REMEDIES.cpu });
}

type Attempt = Awaited<ReturnType<typeof startEngine>> | { readonly problem: string };

async function tryEngine(name: EngineName, { as }: LoadOptions): Promise<Attempt> {
  const verdict = name === "native" ? await judgeNative() : undefined;
  if (verdict?.usable === false) {
    return { problem: withoutFullStop(verdict.reason) };
  }
  try {
    const started = await startEngine(name, as === undefined ? verdict?.oneDnn : as.oneDnn);
    if (name !== "native") {
      checkKnownAnswers(started.tf);
    }
    return started;
  } catch (error) {
    return { problem: withoutFullStop(messageOf(error)) };
  }
}

/** Asked of the files and of a process of its own, since a bad library would take this process with it. */
async function judgeNative(): Promise<NativeVerdict> {
  const state = inspectNative();
  switch (state.kind) {
    case "missing":
      return { usable: false, reason: "it is not installed; `whittle setup` installs it" };
    case "damaged":
      return { usable: false, reason: `${state.problem}; \`whittle setup\` installs it anew` };
    case "installed":
      return nativeVerdict(state);
  }
}

function reasonFor(name: EngineName, problems: readonly string[]): string {
  return name === "native" ? "It is the fastest, is installed, and its check passed." : problems.join(" ");
}

function finish(name: EngineName, started: Awaited<ReturnType<typeof startEngine>>, reason: string): LoadedEngine {
  const { versions, oneDnn, ...engine } = started;
  return { ...engine, record: { name, reason, versions, ...(oneDnn === undefined ? {} : { oneDnn }) } };
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
