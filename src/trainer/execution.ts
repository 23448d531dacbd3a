/** How a run's steps are computed: as one graph of TensorFlow, or operation by operation; told when it is known. */
import { createRunner, type Runner, type RunnerOptions } from "../engine/graph/runner.ts";
import type { LoadedEngine } from "../engine/load.ts";
import type { ExecutionRecord } from "../protocol/run.ts";
import type { Settings } from "../protocol/settings.ts";

/** Programs of this kind are steps of training; the others score splits. */
export const STEP_KIND = "step";

/**
 * @param onChange called when it is known, which is a few steps after the start, and when it changes
 * @returns makes a runner for each network that is trained in the course of the run
 */
export function createExecution(
  { tf, graphs, record }: LoadedEngine,
  wish: Settings["execution"],
  onChange: (execution: ExecutionRecord) => void,
): () => Runner {
  let told = "";
  const tell = (execution: ExecutionRecord): void => {
    const text = JSON.stringify(execution);
    if (text !== told) onChange(execution);
    told = text;
  };
  if (wish === "eager") tell({ mode: "eager", reason: "It was asked for." });
  else if (graphs === undefined) tell({ mode: "eager", reason: `The ${record.name} engine has no graphs.` });
  const options: RunnerOptions = {
    maker: wish === "eager" ? undefined : graphs,
    onVerdict({ kind, problem, difference = 0 }) {
      if (!kind.startsWith(STEP_KIND)) return;
      tell(
        problem === undefined
          ? {
              mode: "graph",
              reason: `Recorded; its first step ${describeDifference(difference)} operation by operation.`,
            }
          : { mode: "eager", reason: `The step cannot be a graph: ${problem}.` },
      );
    },
  };
  return () => createRunner(tf, options);
}

function describeDifference(difference: number): string {
  return difference === 0
    ? "has the same bits as"
    : `differs by ${difference.toPrecision(2)} of a tensor's largest value from`;
}
