import assert from "node:assert/strict";
import { cpSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LayerSummary, RunRecord } from "../../../../src/protocol/run.ts";
import { settingsSchema } from "../../../../src/protocol/settings.ts";
import { type Run, recordPath } from "../../../../src/runs/files/layout.ts";
import { updateMarks } from "../../../../src/runs/record/marks.ts";
import { RecordCache } from "../../../../src/runs/record/recordCache.ts";
import { createRun, listRuns, readRecord } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "./sampleRuns.ts";

const COUNT = 500;

describe("500 stored runs", () => {
  const folder = useFolder();

  it("are listed, and read once only while none changes", async () => {
    const first = await createRun(folder(), samplePlan, "lenet300");
    await makeDone(first);
    for (let index = 1; index < COUNT; index += 1) {
      const id = `20261124-10${String(index).padStart(4, "0")}-lenet300-abcd`;
      cpSync(first.dir, join(folder(), id), { recursive: true });
    }
    const cache = new RecordCache();
    const before = await listRuns(folder(), cache);
    assert.equal(before.length, COUNT);
    const again = await listRuns(folder(), cache);
    assert.ok(
      again.every((one, index) => {
        const earlier = before[index];
        return "record" in one && earlier !== undefined && "record" in earlier && one.record === earlier.record;
      }),
    );
  });

  it("are the same objects in the next list, but for those that changed, came and went", async () => {
    const runs: Run[] = [];
    for (const name of ["a", "b", "c"]) {
      runs.push(await createRun(folder(), samplePlan, name));
    }
    const cache = new RecordCache();
    const recordsOf = async (): Promise<Map<string, RunRecord>> =>
      new Map((await listRuns(folder(), cache)).flatMap((one) => ("record" in one ? [[one.run.dir, one.record]] : [])));
    const before = await recordsOf();
    const [a, b, c] = runs;
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    await updateMarks(b, { pinned: true });
    renameSync(c.dir, `${c.dir}-moved`);
    const after = await recordsOf();
    assert.equal(after.get(a.dir), before.get(a.dir));
    assert.deepEqual(after.get(b.dir), before.get(b.dir));
    assert.deepEqual([...after.keys()].sort(), [a.dir, b.dir, `${c.dir}-moved`].sort());
  });
});

/** As large as the record of a real run. */
async function makeDone(run: Run): Promise<void> {
  const layers = Array.from(
    { length: 8 },
    (_, index): LayerSummary => ({
      name: `conv${index}/kernel`,
      shape: [3, 3, 64, 64],
      total: 36864,
      remaining: 1200,
      sparsity: 0.967,
      units: { count: 64, stride: 1, of: "units" },
      unitsAlive: 50,
    }),
  );
  const score = { loss: 0.1, metric: 0.98 };
  const record: RunRecord = {
    ...(await readRecord(run)),
    state: "done",
    settings: settingsSchema.parse({}),
    data: { spec: "digits", sha256: "0".repeat(64), train: 50_000, validation: 5000, test: 10_000 },
    result: {
      id: run.id,
      status: "done",
      engine: "wasm",
      seed: 0,
      seconds: 60,
      epochs: 30,
      sparsity: 0.97,
      params: { total: 300_000, remaining: 10_000 },
      layers,
      reference: score,
      validation: score,
      test: score,
      referenceTest: score,
    },
  };
  writeFileSync(recordPath(run), JSON.stringify(record, null, 2));
}
