/**
 * What it brings to train the smaller network, for LeNet-5 on the embedded digits to 97 % and ResNet-32 to 80 %, whole units each:
 *
 *   npm run bench -- compaction [--engine native] [--seed 0] [--data cifar10:DIR]
 *
 * LeNet-5 runs with and without; the time of a step is that of the last epoch over that of the last dense one. ResNet-32 runs
 * where data are given, for a few epochs: for the time of its steps, not for its accuracy.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { RunEvent } from "../src/protocol/events.ts";
import { asFigure, asPercent } from "../src/protocol/figures.ts";
import { type RunResult, resultSchema } from "../src/protocol/run.ts";
import { readEvents } from "../src/runs/log/eventLog.ts";
import { runCli } from "./runCli.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    engine: { type: "string", default: "native" },
    seed: { type: "string", default: "0" },
    data: { type: "string" },
  },
});

/** By layer, since one threshold for all leaves most filters of the first one, which take most of the time. */
const TO_97 = [
  "pruning.granularity=unit",
  "pruning.threshold=layer",
  "pruning.schedule=cubic",
  "pruning.targetSparsity=0.97",
  "pruning.ramp=0.6",
  "pruning.maxEpochs=30",
  "pruning.finetuneEpochs=10",
  "pruning.bound.min=0",
];
const FEW_EPOCHS = [
  "pruning.granularity=unit",
  "pruning.threshold=layer",
  "epochs=2",
  "pruning.maxEpochs=8",
  "pruning.ramp=0.5",
  "pruning.finetuneEpochs=2",
  "pruning.bound.min=0",
];

interface Measured {
  readonly result: RunResult;
  readonly epochs: readonly Extract<RunEvent, { type: "epoch" }>[];
  readonly weights: { readonly model: number; readonly trained: number } | undefined;
}

async function measure(model: string, settings: readonly string[], data?: string): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), "whittle-compaction-"));
  const args = ["run", model, "--engine", values.engine, "--seed", values.seed, "--runs-dir", dir];
  if (data !== undefined) args.push("--data", data);
  const result = resultSchema.parse(await runCli([...args, ...settings.flatMap((setting) => ["--set", setting])]));
  const events = await readEvents({ dir: join(dir, result.id), id: result.id });
  rmSync(dir, { recursive: true });
  return {
    result,
    epochs: events.filter((event) => event.type === "epoch"),
    weights: events.findLast((event) => event.type === "compacted")?.weights,
  };
}

/** Milliseconds, for each epoch. */
function stepTimes({ epochs }: Measured): readonly number[] {
  return epochs.map(({ steps = 0, spent }, at) => {
    const before = epochs[at - 1];
    return (1000 * ((spent?.train ?? 0) - (before?.spent?.train ?? 0))) / (steps - (before?.steps ?? 0));
  });
}

function spentOn({ spent }: RunResult): string {
  return Object.entries(spent ?? {})
    .map(([what, seconds]) => `${what} ${asFigure(seconds)}`)
    .join(", ");
}

function tell(what: string, measured: Measured): void {
  const { result, epochs, weights } = measured;
  const times = stepTimes(measured);
  // In the first epoch of a phase, steps are recorded as well.
  const dense = times.findLast((_, at) => epochs[at]?.phase === "train") ?? Number.NaN;
  const last = times.at(-1) ?? Number.NaN;
  console.log(
    [
      what,
      `${asPercent(result.sparsity, 2)} sparse`,
      `test ${asPercent(result.test.metric, 2)} (dense ${asPercent(result.referenceTest.metric, 2)})`,
      weights === undefined ? "as large as it was" : `${weights.trained} of ${weights.model} weights trained`,
      `a step ${asFigure(dense)} → ${asFigure(last)} ms (${asFigure(last / dense)})`,
      `${asFigure(result.seconds)} s of training: ${spentOn(result)}`,
    ].join(" | "),
  );
}

const lenet5 = "examples/lenet5.model.ts";
const withIt = await measure(lenet5, TO_97);
tell("LeNet-5", withIt);
const without = await measure(lenet5, [...TO_97, "compaction=off"]);
tell("LeNet-5, compaction off", without);
console.log(`the whole run takes ${asFigure(withIt.result.seconds / without.result.seconds)} of the time`);
if (values.data !== undefined) tell("ResNet-32", await measure("examples/resnet32.model.ts", FEW_EPOCHS, values.data));
