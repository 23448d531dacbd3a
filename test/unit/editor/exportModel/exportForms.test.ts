import assert from "node:assert/strict";
import {
  describeGain,
  describeSizes,
  formOf,
  listForms,
  proposeName,
  sizeOf,
} from "../../../../src/editor/exportModel/exportForms.ts";
import { type ExportPreview, MODEL_FORMATS } from "../../../../src/protocol/modelExport.ts";

const PREVIEW: ExportPreview = {
  task: "preview",
  id: "r",
  state: "done",
  layers: [],
  parameters: { dense: 266_610, remaining: 8_000, compact: 12_345 },
  flops: { dense: 532_000, compact: 24_600 },
  bytes: { dense: 1_066_440, prunedCompressed: 96_500, compact: 49_380, compactCompressed: 41_000 },
  latency: [
    { batch: 1, dense: 0.31, compact: 0.104, unit: "ms" },
    { batch: 100, dense: 2.12, compact: 0.7, unit: "ms" },
  ],
  engine: "wasm",
};

describe("exportForms", () => {
  it("has each form, with what it is for", () => {
    assert.deepEqual(
      listForms().map(({ format }) => format),
      [...MODEL_FORMATS],
    );
    assert.equal(new Set(listForms().map(({ use }) => use)).size, MODEL_FORMATS.length);
  });

  it("proposes a plain name for a file or a folder, whatever the run is called", () => {
    assert.equal(proposeName("lenet300", formOf("onnx")), "lenet300.onnx");
    assert.equal(proposeName("lenet300", formOf("tfjs")), "lenet300-tfjs");
    assert.equal(proposeName("../a/b: c", formOf("keras")), "a-b-c.keras");
    assert.equal(proposeName("lenet300", formOf("onnx-float16")), "lenet300-float16.onnx");
    assert.equal(proposeName("lenet300", formOf("tfjs-float16")), "lenet300-tfjs-float16");
    assert.equal(proposeName("v1.2", formOf("masks")), "v1.2.npz");
  });

  it("tells how small the model becomes", () => {
    assert.equal(describeSizes(PREVIEW), "1.07 MB → 49.4 kB · compressed 96.5 kB → 41 kB · 532,000 → 24,600 FLOPs");
    assert.equal(describeGain(PREVIEW), "0.31 → 0.1 ms for one example, 2.1 → 0.7 ms for 100");
    assert.equal(sizeOf("onnx", PREVIEW), "≈ 49.4 kB");
    assert.equal(sizeOf("onnx-float16", PREVIEW), "≈ 24.7 kB");
    assert.equal(sizeOf("masks", PREVIEW), "");
  });

  it("says why it does not, and leaves out what is not known", () => {
    const { flops: _, ...rest } = PREVIEW;
    const kept = { ...rest, kept: "a layer is not known" };
    assert.equal(describeGain(kept), "as large as it was, a layer is not known");
    assert.equal(describeSizes(kept), "1.07 MB → 49.4 kB · compressed 96.5 kB → 41 kB");
    assert.equal(describeGain({ ...rest, latency: [] }), "");
  });
});
