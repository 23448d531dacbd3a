/** What a benchmark found, as bench/study/study.py writes its own results: its tables and its picture are made of these lines. */
import { appendFileSync } from "node:fs";
import type { RunResult } from "../src/protocol/run.ts";
import type { Variant } from "./experiments.ts";

export interface Row {
  readonly variant: Variant;
  /** By seed, the first ones of a benchmark's. */
  readonly results: readonly RunResult[];
}

/**
 * Adds a line to `file`.
 *
 * @param shared settings of all variants
 * @param tried what the method of `row` was chosen from
 */
export function appendStudyRecord(
  file: string,
  shared: readonly string[],
  seeds: readonly number[],
  tried: readonly Row[],
  row: Row,
): void {
  const settings = settingsOf(shared, row);
  const record = {
    optimizer: settings.get("optimizer.name"),
    coupling: settings.get("pruning.coupling") ?? "decoupled",
    method: settings.get("pruning.method") === "none" ? "none" : row.variant.name,
    epochs: [Number(settings.get("pruning.maxEpochs")), Number(settings.get("pruning.finetuneEpochs"))],
    engine: row.results[0]?.engine,
    choosing: tried.flatMap((one) => runsOf(shared, seeds, one)),
    reported: runsOf(shared, seeds, row),
  };
  appendFileSync(file, `${JSON.stringify(record)}\n`);
}

/** Errors in %. */
function runsOf(shared: readonly string[], seeds: readonly number[], row: Row) {
  const settings = settingsOf(shared, row);
  return row.results.map(({ validation, test, referenceTest, sparsity }, at) => ({
    seed: seeds[at],
    target: Number(settings.get("pruning.targetSparsity")),
    strength: Number(settings.get("pruning.lambda")),
    validation: errorOf(validation.metric),
    test: errorOf(test.metric),
    dense: errorOf(referenceTest.metric),
    sparsity: Number(sparsity.toFixed(6)),
  }));
}

const errorOf = (accuracy: number): number => Number(((1 - accuracy) * 100).toFixed(4));

/** By path. */
function settingsOf(shared: readonly string[], { variant }: Row): ReadonlyMap<string, string> {
  return new Map(
    [...shared, ...variant.settings].map((setting) => {
      const at = setting.indexOf("=");
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}
