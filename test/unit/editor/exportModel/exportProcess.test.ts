import assert from "node:assert/strict";
import { join, sep } from "node:path";
import { previewExport, writeExport } from "../../../../src/editor/exportModel/exportProcess.ts";
import type { CliProgram } from "../../../../src/editor/setUp/cliProgram.ts";
import { MODEL_FORMATS } from "../../../../src/protocol/modelExport.ts";

const dir = join(sep, "work", ".whittle", "runs", "20261120-100000-net-abcd");
const run = { dir, id: "20261120-100000-net-abcd" };
const exported = {
  id: run.id,
  state: "done",
  layers: [{ name: "fc1", className: "Dense", of: "units", before: 300, after: 137 }],
  parameters: { dense: 1000, remaining: 30, compact: 40 },
};
const preview = {
  ...exported,
  task: "preview",
  bytes: { dense: 4000, prunedCompressed: 300, compact: 160, compactCompressed: 140 },
  latency: [{ batch: 1, dense: 2, compact: 1, unit: "ms" }],
  engine: "wasm",
};

/** Answers with a document; keeps what it was asked. */
function fake(document: unknown) {
  const asked: (readonly string[])[] = [];
  const cli: CliProgram = {
    async run(args, { signal, onNote } = {}) {
      signal?.throwIfAborted();
      asked.push(args);
      onNote?.("working");
      return `${JSON.stringify(document)}\n`;
    },
  };
  return { cli, asked };
}

describe("exportProcess", () => {
  it("asks for what would be written, of the run in its own folder", async () => {
    const { cli, asked } = fake(preview);
    assert.deepEqual(await previewExport(cli, run, {}), preview);
    assert.deepEqual(asked, [["export", run.id, "--runs-dir", join(dir, ".."), "--json"]]);
  });

  for (const format of MODEL_FORMATS) {
    it(`has ${format} written, over what is there, and hands notes on`, async () => {
      const out = join(sep, "work", "a b");
      const document = { ...exported, task: "write", format, out, bytes: 160 };
      const { cli, asked } = fake(document);
      const notes: string[] = [];
      const written = await writeExport(cli, run, { format, out }, { onNote: (line) => notes.push(line) });
      assert.deepEqual(written, document);
      assert.deepEqual(asked[0]?.slice(-5), ["--to", format, "--out", out, "--force"]);
      assert.deepEqual(notes, ["working"]);
    });
  }

  it("takes no other document, and ends when it is cancelled", async () => {
    await assert.rejects(previewExport(fake({ ...preview, task: "write" }).cli, run, {}));
    const cancel = new AbortController();
    const reason = new Error("enough");
    cancel.abort(reason);
    await assert.rejects(previewExport(fake(preview).cli, run, { signal: cancel.signal }), (error) => error === reason);
  });
});
