import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { openData } from "../../../src/data/open.ts";
import { type AnyDataSet, isStreamed } from "../../../src/data/types.ts";
import { fittedData } from "../../../src/models/fittedData.ts";
import { type OwnTraining, OwnTrainings } from "../../../src/models/ownTraining.ts";
import type { TrainingMethod } from "../../../src/models/scan/training.ts";
import { WhittleError } from "../../../src/protocol/errors.ts";

const FILE = "/somewhere/net.js";

describe("the data that a file trains on itself", () => {
  let model: tf.LayersModel;
  before(() => {
    model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  });
  afterEach(() => tf.disposeVariables());

  const training = (method: TrainingMethod, ...given: readonly unknown[]): OwnTraining => ({
    ...{ method, line: 7, model, given },
  });
  const notes: string[] = [];
  const fittedBy = async (begun: OwnTraining) => {
    notes.length = 0;
    const trainings = new OwnTrainings();
    trainings.add(begun);
    return fittedData(trainings, model, FILE, (note) => notes.push(note));
  };
  const open = async (begun: OwnTraining): Promise<AnyDataSet> => {
    const fitted = { file: FILE, give: async () => (await fittedBy(begun)).data };
    return openData("fit", { validationSplit: 0.25, seed: 0, wantsValues: true, exampleRank: 1, fitted });
  };
  const counts = ({ train, validation, test }: AnyDataSet) => [train.count, validation.count, test.count];
  const xOf = (data: AnyDataSet): readonly number[] => {
    assert.ok(!isStreamed(data));
    return [...data.train.x].toSorted((a, b) => a - b);
  };
  const rows = (count: number, from = 0) => tf.range(from, from + 3 * count).reshape([count, 3]);
  const batches = (count: number) =>
    tf.data.array(Array.from({ length: count }, (_, at) => ({ xs: [at, at, at], ys: [at, 1] }))).batch(4);

  it("are the tensors of fit, cut by the seed where it says no more", async () => {
    const data = await open(training("fit", rows(40), tf.ones([40, 2]), { epochs: 3 }));
    assert.deepEqual(counts(data), [27, 9, 4]);
    assert.deepEqual(notes, ["The data are what /somewhere/net.js:7 gives fit."]);
    const alone = await open(training("fit", [rows(40)], [tf.ones([40, 2])]));
    assert.equal(alone.sha256, data.sha256);
  });

  it("have the validation data that fit is given", async () => {
    const data = await open(
      training("fit", rows(40), tf.ones([40, 2]), { validationData: [rows(5, 900), tf.ones([5, 2])] }),
    );
    assert.deepEqual(counts(data), [36, 5, 4]);
    assert.deepEqual(data.validation.x[0], 900);
  });

  it("have the weights that fit is given", async () => {
    const data = await open(training("fit", rows(40), tf.ones([40, 2]), { sampleWeight: tf.range(1, 41) }));
    assert.equal(data.test.w?.length, 4);
  });

  it("have weights of classes as TensorFlow.js takes them; others are not taken over, which is said", async () => {
    const [name = ""] = model.outputNames;
    for (const classWeight of [{ 0: 2, 1: 0.5 }, [{ 0: 2, 1: 0.5 }], { [name]: { 0: 2, 1: 0.5 } }]) {
      const { classWeights } = await fittedBy(training("fitDataset", batches(8), { classWeight }));
      assert.deepEqual(classWeights, { 0: 2, 1: 0.5 });
      assert.deepEqual(notes, ["The data are what /somewhere/net.js:7 gives fitDataset, classes weighted as it says."]);
    }
    assert.deepEqual((await fittedBy(training("fitDataset", batches(8)))).classWeights, {});
    for (const classWeight of [[{ 0: 2 }, { 0: 1 }], { other: { 0: 2 } }, { 0: -1 }]) {
      assert.deepEqual((await fittedBy(training("fitDataset", batches(8), { classWeight }))).classWeights, {});
      assert.match(notes.join(), /net\.js:7 has a classWeight, which is not taken over/);
    }
  });

  it("are the batches of fitDataset, those that an epoch has, and its validation data", async () => {
    const all = await open(training("fitDataset", batches(40), { epochs: 2 }));
    assert.deepEqual(counts(all), [27, 9, 4]);
    const some = await open(training("fitDataset", batches(40), { batchesPerEpoch: 5, validationData: batches(9) }));
    assert.deepEqual(counts(some), [18, 9, 2]);
    assert.ok(Math.max(...xOf(some)) < 20, "the first five batches of four");
    const validation = { batchesPerEpoch: 5, validationData: batches(20), validationBatches: 2 };
    assert.deepEqual(counts(await open(training("fitDataset", batches(40), validation))), [18, 8, 2]);
    const tensors = { validationData: [rows(6), tf.ones([6, 2])] };
    assert.deepEqual(counts(await open(training("fitDataset", batches(40), tensors))), [36, 6, 4]);
  });

  const fails = (run: () => Promise<unknown>, message: RegExp, remedy: RegExp) =>
    assert.rejects(run, (error) => {
      assert.ok(error instanceof WhittleError, String(error));
      assert.match(error.message, message);
      assert.match(error.remedy, remedy);
      return true;
    });

  it("are not known of a training batch by batch, and where there is none", async () => {
    await fails(
      () => open(training("trainOnBatch", rows(4), tf.ones([4, 2]))),
      /net\.js:7 trains batch by batch \(trainOnBatch\)/,
      /module:FILE#EXPORT/,
    );
    await fails(() => openData("fit", { validationSplit: 0.1, seed: 0 }), /only when its code runs/, /Start one/);
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((go: () => void, ms: number) => real(go, Math.min(ms, 10))) as typeof setTimeout;
    try {
      const none = fittedData(new OwnTrainings(), model, FILE, () => undefined);
      await fails(() => none, /net\.js has begun no training after 60 s/, /the function that calls model\.fit/);
    } finally {
      globalThis.setTimeout = real;
    }
  });

  it("are those of the run's own model where several are trained, and waited for", async () => {
    const trainings = new OwnTrainings();
    const waited = trainings.of(model, 1000);
    const other = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    trainings.add({ ...training("fit", 1, 2), model: other });
    assert.equal((await waited)?.model, other);
    trainings.add(training("fit", 3, 4));
    assert.deepEqual((await trainings.of(model, 0))?.given, [3, 4]);
  });
});
