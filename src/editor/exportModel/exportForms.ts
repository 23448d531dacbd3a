/** What a model can be exported as, and how small it will be, in words. No editor in here. */
import { basename } from "node:path";
import * as l10n from "@vscode/l10n";
import { asBytes, asCount, asFigure } from "../../protocol/figures.ts";
import { type ExportPreview, MODEL_FORMATS, type ModelFormat } from "../../protocol/modelExport.ts";
import { asFileName } from "../../runs/files/fileName.ts";

export interface ExportForm {
  readonly format: ModelFormat;
  /** Of the one file, with the point; undefined where it is a folder. */
  readonly extension: string | undefined;
  /** What it is for. */
  readonly use: string;
}

export const listForms = (): readonly ExportForm[] => MODEL_FORMATS.map(formOf);

export function formOf(format: ModelFormat): ExportForm {
  switch (format) {
    case "tfjs":
      return {
        format,
        extension: undefined,
        use: l10n.t("For TensorFlow.js, tf.loadLayersModel: a folder with model.json and its weights"),
      };
    case "keras":
      return { format, extension: ".keras", use: l10n.t("For Keras 3 in Python") };
    case "h5":
      return { format, extension: ".h5", use: l10n.t("For Keras in Python, as HDF5") };
    case "onnx":
      return { format, extension: ".onnx", use: l10n.t("For ONNX runtimes, in any language") };
    case "safetensors":
      return {
        format,
        extension: ".safetensors",
        use: l10n.t("The weights alone, with masks and shapes, for a program of your own"),
      };
    case "masks":
      return {
        format,
        extension: ".npz",
        use: l10n.t("Which weights of the model as it was are left, for NumPy: to go on in Python"),
      };
    default:
      return format satisfies never;
  }
}

/** Of the file or folder that is offered. @param name of the run; it may hold anything */
export function proposeName(name: string, { format, extension }: ExportForm): string {
  return extension === undefined ? asFileName(`${name}-${format}`) : asFileName(`${name}${extension}`);
}

/** Of what will be written, roughly: nothing where it is not the weights. */
export function sizeOf(format: ModelFormat, { bytes }: ExportPreview): string {
  return format === "masks" ? "" : `≈ ${asBytes(bytes.compact)}`;
}

/** How many weights there are. */
export function describeWeights({ parameters, kept }: ExportPreview): string {
  return kept === undefined
    ? l10n.t("{0} → {1} weights", asCount(parameters.dense), asCount(parameters.compact))
    : l10n.t("{0} weights, as many as before: {1}", asCount(parameters.dense), kept);
}

/** Sizes and operations. */
export function describeSizes({ bytes, flops }: ExportPreview): string {
  return [
    change(asBytes(bytes.dense), asBytes(bytes.compact)),
    l10n.t("compressed {0}", change(asBytes(bytes.prunedCompressed), asBytes(bytes.compactCompressed))),
    ...(flops === undefined ? [] : [l10n.t("{0} FLOPs", change(asCount(flops.dense), asCount(flops.compact)))]),
  ].join(" · ");
}

/** How long one example and a batch take on this machine; "" where that was not measured. */
export function describeLatency({ latency, engine }: ExportPreview): string {
  const times = latency.map(({ batch, dense, compact }) => {
    const time = `${change(asFigure(dense), asFigure(compact))} ms`;
    return batch === 1 ? l10n.t("{0} for one example", time) : l10n.t("{0} for {1}", time, asCount(batch));
  });
  return times.length === 0 ? "" : l10n.t("{0}, engine {1}", times.join(", "), engine);
}

const change = (before: string, after: string): string => `${before} → ${after}`;

/** `lenet300.onnx, 49.3 kB` */
export const describeWritten = (out: string, bytes: number): string => `${basename(out)}, ${asBytes(bytes)}`;
