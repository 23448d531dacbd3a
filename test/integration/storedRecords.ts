/** Records of runs without a log, as they are all that the Runs view reads of a run that nobody trains. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MARKS_FORMAT, RUN_FORMAT, type RunMarks, type RunRecord, type Score } from "../../src/protocol/run.ts";

interface StoredRecord {
  /** Of the run and its folder. */
  readonly id: string;
  readonly name: string;
  readonly state?: RunRecord["state"];
  /** With `metric`: of its result; without, it has none. */
  readonly sparsity?: number;
  readonly metric?: number;
  readonly marks?: Partial<RunMarks>;
}

const score = (metric: number): Score => ({ loss: 0.1, metric });

/** @returns its folder */
export async function storeRecord(workspace: string, run: StoredRecord): Promise<string> {
  const { id, name, state = "done", sparsity, metric = 0.98, marks } = run;
  const dir = join(workspace, ".whittle", "runs", id);
  await mkdir(dir, { recursive: true });
  const resultAt = (reached: number): RunRecord["result"] => ({
    id,
    status: "done",
    engine: "wasm",
    seed: 0,
    seconds: 60,
    epochs: 30,
    sparsity: reached,
    params: { total: 100, remaining: 3 },
    layers: [],
    reference: score(0.99),
    validation: score(metric),
    test: score(metric),
    referenceTest: score(0.99),
  });
  const record: RunRecord = {
    format: RUN_FORMAT,
    id,
    name,
    createdAt: "2026-11-20T10:15:00.000Z",
    updatedAt: "2026-11-20T10:16:00.000Z",
    state,
    plan: { modelFile: join(workspace, "lenet300.model.ts"), exportName: "lenet300", overrides: {} },
    ...(sparsity === undefined ? {} : { result: resultAt(sparsity) }),
  };
  if (marks !== undefined) {
    const all: RunMarks = { format: MARKS_FORMAT, tags: [], pinned: false, ...marks };
    await writeFile(join(dir, "marks.json"), JSON.stringify(all));
  }
  await writeFile(join(dir, "run.json"), JSON.stringify(record, null, 2));
  return dir;
}
