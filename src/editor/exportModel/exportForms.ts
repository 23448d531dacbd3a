/** What a model can be exported as, and how small it will be, in words. No editor in here. */
import { basename } from "node:path";
import * as l10n from "@vscode/l10n";
import { asBytes, asCount, asFigure } from "../../protocol/figures.ts";
import { EXTENSIONS, type ExportPreview, MODEL_FORMATS, type ModelFormat } from "../../protocol/modelExport.ts";
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
  return { format, extension: EXTENSIONS[format], use: useOf(format) };
}

function useOf(format: ModelFormat): string {
  switch (format) {
    case "tfjs":
      return l10n.t("For TensorFlow.js, tf.loadLayersModel: a folder with model.json and its weights");
    case "tfjs-float16":
      return l10n.t("For TensorFlow.js, with weights of 16 bits: half the size, rounded");
    case "keras":
      return l10n.t("For Keras 3 in Python");
    case "h5":
      return l10n.t("For Keras in Python, as HDF5");
    case "onnx":
      return l10n.t("For ONNX runtimes, in any language");
    case "onnx-float16":
      return l10n.t("For ONNX runtimes, with weights of 16 bits: half the size, rounded");
    case "safetensors":
      return l10n.t("The weights alone, with masks and shapes, for a program of your own");
    case "masks":
      return l10n.t("Which weights of the model as it was are left, for NumPy: to go on in Python");
    default:
      return format satisfies never;
  }
}

/** Of the file or folder that is offered. @param name of the run; it may hold anything */
export function proposeName(name: string, { format, extension }: ExportForm): string {
  const [, variant = ""] = /(-.*)$/.exec(format) ?? [];
  return asFileName(extension === undefined ? `${name}-${format}` : `${name}${variant}${extension}`);
}

/** Of what will be written, roughly: nothing where it is not the weights. */
export function sizeOf(format: ModelFormat, { bytes }: ExportPreview): string {
  if (format === "masks") return "";
  return `≈ ${asBytes(format.endsWith("-float16") ? Math.ceil(bytes.compact / 2) : bytes.compact)}`;
}

/** Sizes and operations. */
export function describeSizes({ bytes, flops }: ExportPreview): string {
  return [
    change(asBytes(bytes.dense), asBytes(bytes.compact)),
    l10n.t("compressed {0}", change(asBytes(bytes.prunedCompressed), asBytes(bytes.compactCompressed))),
    ...(flops === undefined ? [] : [l10n.t("{0} FLOPs", change(asCount(flops.dense), asCount(flops.compact)))]),
  ].join(" · ");
}

/** How long one example and a batch take on this machine, or why nothing becomes smaller; "" where neither is known. */
export function describeGain({ latency, kept }: ExportPreview): string {
  if (kept !== undefined) {
    return l10n.t("as large as it was, {0}", kept);
  }
  const times = latency.map(({ batch, dense, compact }) => {
    const time = `${change(asTime(dense), asTime(compact))} ms`;
    return batch === 1 ? l10n.t("{0} for one example", time) : l10n.t("{0} for {1}", time, asCount(batch));
  });
  return times.join(", ");
}

/** More digits the next measurement would not confirm. */
const asTime = (milliseconds: number): string => asFigure(Number(milliseconds.toPrecision(2)));

const change = (before: string, after: string): string => `${before} → ${after}`;

/** `lenet300.onnx, 49.3 kB` */
export const describeWritten = (out: string, bytes: number): string => `${basename(out)}, ${asBytes(bytes)}`;
