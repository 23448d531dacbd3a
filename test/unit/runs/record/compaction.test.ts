import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WhittleError } from "../../../../src/protocol/errors.ts";
import { readCompaction, writeCompaction } from "../../../../src/runs/record/compaction.ts";

describe("compact.json", () => {
  const dir = mkdtempSync(join(tmpdir(), "whittle-compact-"));
  const run = { dir, id: "r" };
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("is nothing where a run has none, and read as it was written", async () => {
    assert.equal(await readCompaction(run), undefined);
    const layer = { name: "fc1", className: "Dense", of: "units", before: 300, after: 137 } as const;
    const compaction = {
      format: 1,
      layers: [layer, { ...layer, name: "fc2", gainsBias: true }],
      parameters: { dense: 10, remaining: 3, compact: 4 },
      difference: 1e-7,
    } as const;
    await writeCompaction(run, { ...compaction, layers: [...compaction.layers] });
    assert.deepEqual(await readCompaction(run), compaction);
  });

  it("is named where it is damaged", async () => {
    for (const text of ["{", '{"format":1}', '{"format":2,"layers":[]}']) {
      writeFileSync(join(dir, "compact.json"), text);
      await assert.rejects(
        readCompaction(run),
        (error) => error instanceof WhittleError && /compact\.json holds no sizes/.test(error.message),
      );
    }
  });
});
