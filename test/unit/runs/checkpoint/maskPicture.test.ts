import assert from "node:assert/strict";
import { writeCheckpoint } from "../../../../src/runs/checkpoint/checkpoint.ts";
import { readMaskPicture } from "../../../../src/runs/checkpoint/maskPicture.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, useFolder } from "../record/sampleRuns.ts";

describe("maskPicture", () => {
  const folder = useFolder();
  const withMask = async (name: string, shape: readonly number[], values: Float32Array) => {
    const run = await createRun(folder(), samplePlan, "m");
    const other = { shape: [3], values: Float32Array.of(1, 2, 3) };
    const tensors = new Map([
      ["weight:first", other],
      [`mask:${name}`, { shape, values }],
      ["optimizer:last", other],
    ]);
    writeCheckpoint(run, { seq: 7, state: null, tensors });
    return run;
  };

  it("shows a row for each unit, pixel by pixel", async () => {
    // Three inputs, two units: the second unit is dead, the last input is used by nobody.
    const run = await withMask("a/kernel", [3, 2], Float32Array.of(1, 0, 1, 0, 0, 0));
    const picture = await readMaskPicture(run, "a/kernel", { count: 2, stride: 1, of: "units" });
    assert.ok(picture);
    assert.deepEqual([...Buffer.from(picture.base64, "base64")], [255, 255, 0, 0, 0, 0]);
    assert.deepEqual(
      { ...picture, base64: "" },
      {
        layer: "a/kernel",
        seq: 7,
        columns: 3,
        rows: 2,
        of: "units",
        width: 3,
        height: 2,
        scale: 1,
        kept: 2,
        columnsUsed: 2,
        rowsUsed: 1,
        base64: "",
      },
    );
  });

  it("averages a large mask over squares, in pieces; where units are not known, the last axis counts rows", async () => {
    const values = new Float32Array(3 * 700 * 300);
    for (let i = 0; i < values.length; i += 300) {
      values[i] = 1;
    }
    const picture = await readMaskPicture(await withMask("conv", [3, 700, 300], values), "conv");
    assert.ok(picture);
    assert.deepEqual([picture.scale, picture.width, picture.height], [5, 420, 60]);
    assert.deepEqual([picture.kept, picture.columnsUsed, picture.rowsUsed], [2100, 2100, 1]);
    const pixels = [...Buffer.from(picture.base64, "base64")];
    assert.ok(pixels.slice(0, 420).every((pixel) => pixel === 51));
    assert.ok(pixels.slice(420).every((pixel) => pixel === 0));
  });

  it("puts the weights of one unit into one row, wherever they lie", async () => {
    // [2 inputs, 2 heads, 2 wide]: head 0 has lost all but its last weight, head 1 its first.
    const heads = Float32Array.of(0, 0, 0, 1, 0, 1, 1, 1);
    const picture = await readMaskPicture(await withMask("a/wq", [2, 2, 2], heads), "a/wq", {
      count: 2,
      stride: 2,
      of: "heads",
    });
    assert.ok(picture);
    assert.deepEqual([...Buffer.from(picture.base64, "base64")], [0, 0, 0, 255, 0, 255, 255, 255]);
    assert.deepEqual([picture.of, picture.columnsUsed, picture.rowsUsed], ["heads", 3, 2]);
    // Units that do not fit the tensor are those of something else.
    const other = await readMaskPicture(await withMask("b/w", [3, 2], Float32Array.of(1, 1, 1, 1, 1, 0)), "b/w", {
      count: 4,
      stride: 1,
      of: "units",
    });
    assert.deepEqual([other?.columns, other?.rows, other?.of], [3, 2, undefined]);
  });

  it("has none where there is no checkpoint or no such layer", async () => {
    const run = await createRun(folder(), samplePlan, "m");
    assert.equal(await readMaskPicture(run, "a/kernel"), undefined);
    writeCheckpoint(run, { seq: 1, state: null, tensors: new Map() });
    assert.equal(await readMaskPicture(run, "../a"), undefined);
  });
});
