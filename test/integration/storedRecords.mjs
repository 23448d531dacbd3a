/** Records of runs without a log, as they are all that the Runs view reads of a run that nobody trains. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const score = (metric) => ({ loss: 0.1, metric });

/**
 * @param run.id of the run and its folder
 * @param run.sparsity with `metric`: of its result; without, it has none
 * @returns its folder
 */
export async function storeRecord(workspace, { id, name, state = "done", sparsity, metric = 0.98, marks }) {
  const dir = join(workspace, ".whittle", "runs", id);
  await mkdir(dir, { recursive: true });
  const result = {
    id,
    status: "done",
    engine: "wasm",
    seed: 0,
    seconds: 60,
    epochs: 30,
    sparsity,
    params: { total: 100, remaining: 3 },
    layers: [],
    reference: score(0.99),
    validation: score(metric),
    test: score(metric),
    referenceTest: score(0.99),
  };
  const record = {
    format: 1,
    id,
    name,
    createdAt: "2026-11-20T10:15:00.000Z",
    updatedAt: "2026-11-20T10:16:00.000Z",
    state,
    plan: { modelFile: join(workspace, "lenet300.model.ts"), exportName: "lenet300", overrides: {} },
    ...(sparsity === undefined ? {} : { result }),
  };
  if (marks !== undefined) {
    await writeFile(join(dir, "marks.json"), JSON.stringify({ format: 1, tags: [], pinned: false, ...marks }));
  }
  await writeFile(join(dir, "run.json"), JSON.stringify(record, null, 2));
  return dir;
}
