/** What `trainer --export` does: shows, writes or checks the model of a run, made as small as its pruning allows. */
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type * as Tf from "@tensorflow/tfjs";
import { type CompactModel, compactModel } from "../compact/compactModel.ts";
import type { Masks } from "../export/format.ts";
import { formatNamed } from "../export/index.ts";
import { checkTarget, writeExport } from "../export/write.ts";
import { nameWeights } from "../models/weightNames.ts";
import {
  type ExportJob,
  type ExportPreview,
  type ExportReport,
  type ExportWritten,
  LAYERS_FILE,
} from "../protocol/modelExport.ts";
import { openRun } from "../runs/record/store.ts";
import { describeSizes } from "./describeSizes.ts";
import { type FinalModel, loadFinalModel } from "./finalModel.ts";
import { measureLatency } from "./latency.ts";
import { verifyExport } from "./verifyExport.ts";

const BATCHES = [1, 100];

type Note = (line: string) => void;

/** @throws WhittleError naming the run, the file or the layer */
export async function runExportJob(job: ExportJob, note: Note): Promise<ExportReport> {
  const run = await openRun(job.run);
  if (job.task === "write") await checkTarget(job.out, job.format, job.overwrite);
  const final = await loadFinalModel(run, job.keptModel, note);
  const compact = compactModel(final.engine.tf, final.model);
  if (compact.kept !== undefined) note(`The network is as large as it was: ${compact.kept}.`);
  switch (job.task) {
    case "preview":
      return preview(final, compact);
    case "write":
      return write(final, compact, job, note);
    case "verify":
      return verifyExport(final, compact.model, job, note);
  }
}

async function preview(final: FinalModel, compact: CompactModel): Promise<ExportPreview> {
  const { engine, model } = final;
  const [before, after] = [weightBytes(model), weightBytes(compact.model)];
  const latency = BATCHES.flatMap((batch) => {
    const [dense, smaller] = measureLatency(engine.tf, [model, compact.model], batch) ?? [];
    return dense === undefined || smaller === undefined
      ? []
      : [{ batch, dense, compact: smaller, unit: "ms" as const }];
  });
  return {
    task: "preview",
    ...describe(final, compact),
    bytes: {
      dense: before.length,
      prunedCompressed: await compressedSize(before),
      compact: after.length,
      compactCompressed: await compressedSize(after),
    },
    latency,
    engine: engine.record.name,
  };
}

async function write(
  final: FinalModel,
  compact: CompactModel,
  { format, out, overwrite }: Extract<ExportJob, { task: "write" }>,
  note: Note,
): Promise<ExportWritten> {
  const { model } = compact;
  const files = await formatNamed(format).encode({
    tf: final.engine.tf,
    model,
    masks: masksOf(model, final.masks),
    original: final,
    metadata: describeOrigin(final),
  });
  const bytes = await writeExport(out, format, files, overwrite);
  if (files.has(LAYERS_FILE)) {
    note(
      `Load ${join(out, LAYERS_FILE)} after TensorFlow.js: it has the layers of whittle/layers that the model needs.`,
    );
  }
  return { task: "write", ...describe(final, compact), format, out, bytes };
}

function describe({ record, state, model }: FinalModel, compact: CompactModel) {
  return { id: record.id, state, ...describeSizes(model, compact) };
}

function describeOrigin({ record, settings }: FinalModel): Record<string, string> {
  const { id, plan, result, model } = record;
  return {
    producer: "whittle",
    run: id,
    model: `${basename(plan.modelFile)}#${plan.exportName}`,
    ...(model === undefined ? {} : { modelSha256: model.sha256 }),
    ...(result === undefined ? {} : { sparsity: String(result.sparsity) }),
    pruning: settings.pruning.method,
  };
}

/** The smaller network has lost some pruned weights, and its others are where the user's own has them. */
function masksOf(model: Tf.LayersModel, prunable: Masks): Masks {
  return new Map(
    [...nameWeights(model)].flatMap(([weight, name]) =>
      prunable.has(name)
        ? [[name, Float32Array.from(weight.read().dataSync(), (value) => Number(value !== 0))] as const]
        : [],
    ),
  );
}

function weightBytes(model: Tf.LayersModel): Buffer {
  return Buffer.concat(
    model.weights.map((weight) => {
      const { buffer } = Float32Array.from(weight.read().dataSync());
      return new Uint8Array(buffer);
    }),
  );
}

async function compressedSize(bytes: Buffer): Promise<number> {
  return (await promisify(gzip)(bytes)).length;
}
