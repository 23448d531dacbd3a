import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFit } from "../../../src/cli/fitRemark.ts";
import { useFolder } from "../runs/record/sampleRuns.ts";

const TEXT = `const tf = require("@tensorflow/tfjs");
function net() { return tf.sequential(); }
net().fit(x, y, { batchSize: 64, epochs: 20, validationSplit: 0.25 });
`;

describe("what model.fit beside a model says", () => {
  const folder = useFolder();
  const remarkOf = (overrides: Readonly<Record<string, unknown>>, text = TEXT) => {
    const modelFile = join(folder(), "net.js");
    writeFileSync(modelFile, text);
    return describeFit({ modelFile, exportName: "net", overrides });
  };

  it("is a remark about what the run would not take, with the options that take it over", async () => {
    // 20 epochs are the default.
    assert.equal(
      await remarkOf({}),
      "model.fit beside the model has batchSize 64, validationSplit 0.25, which this run does not take over: " +
        "add --set batchSize=64 --set validationSplit=0.25.",
    );
  });

  it("is none where somebody has said otherwise, or the same", async () => {
    assert.match((await remarkOf({ batchSize: 32 })) ?? "", /has validationSplit 0\.25,/);
    assert.equal(await remarkOf({ batchSize: 32, validationSplit: 0.25 }), undefined);
    writeFileSync(join(folder(), "net.whittle.json"), '{ "batchSize": 16, "validationSplit": 0.5 }');
    assert.equal(await remarkOf({}), undefined);
  });

  it("is of classes that count more where the data are the user's, and not what fit itself is given", async () => {
    const text = TEXT.replace("batchSize: 64, epochs: 20, validationSplit: 0.25", "classWeight: { 0: 1, 1: 8 }");
    assert.match(
      (await remarkOf({ data: "csv:rare.csv#kind" }, text)) ?? "",
      /has classWeights \{"0":1,"1":8\}, .* add --set classWeights\.0=1 --set classWeights\.1=8\.$/,
    );
    for (const overrides of [{}, { data: "fit" }, { data: "csv:rare.csv#kind", classWeights: {} }]) {
      assert.equal(await remarkOf(overrides, text), undefined);
    }
  });

  it("is none where the file trains nothing, or defines nothing of that name", async () => {
    assert.equal(await remarkOf({}, TEXT.replace(/net\(\)\.fit.*/, "")), undefined);
    assert.equal(await remarkOf({}, TEXT.replaceAll("net", "other")), undefined);
  });
});
