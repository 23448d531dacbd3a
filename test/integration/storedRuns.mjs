/** Runs that were never trained, for scenarios about runs that are there already. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const LAYERS = [
  { name: "fc1/kernel", shape: [784, 300], units: 300 },
  { name: "fc2/kernel", shape: [300, 100], units: 100 },
];
const EPOCHS = 6;
const DENSE = 0.98;

/**
 * @param run.file the model file that the run keeps; `run.source` may be another text than the file's
 * @param run.course (optional) makes the events before the result, without numbers and times: gets the result, and a
 *   function that gives the layers at a sparsity
 * @param run.sparsity of the result, 0..1
 * @param run.metric of the result, on the validation split; a point less on the test split
 */
export async function storeRun(workspace, run) {
  const { id, name, seed, lambda = 6e-4, sparsity, metric, file, source, course = shortCourse } = run;
  const dir = join(workspace, ".whittle", "runs", id);
  const text = source ?? (await readFile(file, "utf8"));
  const time = Date.parse("2026-11-20T10:00:00.000Z") + seed * 60_000;
  const at = (part) => new Date(time + part).toISOString();
  const score = (value) => ({ loss: 1 - value, metric: value });
  const result = {
    id,
    status: "done",
    engine: "wasm",
    seed,
    seconds: 30 + seed,
    epochs: EPOCHS,
    sparsity,
    params: { total: 265_200, remaining: Math.round(265_200 * (1 - sparsity)) },
    layers: layersAt(sparsity),
    reference: score(DENSE),
    validation: score(metric),
    test: score(metric - 0.01),
    referenceTest: score(DENSE - 0.01),
  };
  const record = {
    format: 1,
    id,
    name,
    createdAt: at(0),
    updatedAt: at(30_000),
    state: "done",
    plan: { modelFile: file, exportName: "lenet300", overrides: {} },
    settings: settingsOf(seed, lambda),
    model: { sha256: createHash("sha256").update(text).digest("hex"), source: `source/${basename(file)}` },
    data: { spec: "digits", sha256: "d".repeat(64), train: 900, validation: 100, test: 100 },
    engine: { name: "wasm", reason: "It was asked for.", versions: { tfjs: "4.22.0" } },
    result,
  };
  await mkdir(join(dir, "source"), { recursive: true });
  await writeFile(join(dir, record.model.source), text);
  await writeFile(
    join(dir, "events.jsonl"),
    eventLines([...course(result, layersAt), { type: "result", result }], time),
  );
  await writeFile(join(dir, "run.json"), JSON.stringify(record));
  return dir;
}

function layersAt(sparsity) {
  return LAYERS.map((layer) => {
    const total = layer.shape[0] * layer.shape[1];
    const remaining = Math.round(total * (1 - sparsity));
    const units = { count: layer.units, stride: 1, of: "units" };
    return { ...layer, total, remaining, sparsity: 1 - remaining / total, units, unitsAlive: layer.units };
  });
}

function eventLines(events, time) {
  return events.map((event, index) => `${JSON.stringify({ seq: index + 1, time: time + index, ...event })}\n`).join("");
}

/** Half of the epochs dense, then a pruning to the end's sparsity. */
function shortCourse(result) {
  const events = [{ type: "model", layers: layersAt(0), params: 265_610, metric: "accuracy", better: "higher" }];
  for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {
    const sparsity = epoch > EPOCHS / 2 ? result.sparsity : 0;
    const layers = layersAt(sparsity);
    const validation = { loss: 0.5 / epoch, metric: result.validation.metric - 0.05 / epoch };
    events.push({
      type: "epoch",
      phase: sparsity > 0 ? "recover" : "train",
      epoch,
      epochsPlanned: EPOCHS,
      learningRate: 0.001,
      lambda: 0,
      loss: 0.6 / epoch,
      validation,
      sparsity,
      remaining: layers.map((layer) => layer.remaining),
      unitsAlive: layers.map((layer) => layer.unitsAlive),
      seconds: epoch * 5,
    });
    if (epoch === EPOCHS / 2) {
      const pruned = { type: "prune", epoch, threshold: 0.1, pruned: 1000, sparsity: result.sparsity, validation };
      events.push({ ...pruned, layers: layersAt(result.sparsity) });
    }
  }
  return events;
}

function settingsOf(seed, lambda) {
  return {
    data: "digits",
    batchSize: 128,
    validationSplit: 0.1,
    seed,
    engine: "auto",
    epochs: 3,
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
    optimizer: {
      name: "adam",
      learningRate: 0.001,
      momentum: 0.9,
      decay: 0.999,
      epsilon: 1e-8,
      schedule: "cosine",
    },
    pruning: {
      method: "irrelevance",
      lambda,
      scale: "mean",
      signal: "gradient",
      average: 0,
      floor: 0.3,
      layers: ["**"],
      patience: 5,
      minDelta: 0,
      interval: 2,
      tolerance: 0.2,
      threshold: "global",
      bound: { maxDrop: 0.5 },
      minPruned: 0.001,
      targetSparsity: 1,
      maxEpochs: 3,
      finetuneEpochs: 0,
    },
  };
}
