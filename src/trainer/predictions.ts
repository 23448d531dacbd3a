/** What two models say of the same examples, the dense one and the pruned: where they differ, and how. */
import { type AnyDataSet, type Split, sizeOf } from "../data/types.ts";
import {
  type ClassPredictions,
  PREDICTIONS_FORMAT,
  type Predictions,
  type ShownExample,
  type ValuePredictions,
} from "../protocol/predictions.ts";
import type { Judgement } from "./judgement.ts";
import { compareTexts } from "./textPredictions.ts";

/** More examples say nothing more; they would only be kept. */
export const MOST_JUDGED = 10_000;
/** A matrix of more classes nobody reads. */
const MOST_CLASSES = 1000;
/** Examples that are shown of each kind. */
const SHOWN = 12;
/** More points lie one over the other. */
const MOST_POINTS = 1000;
/** Pixels; larger pictures would make the file large. */
const LONGEST_SIDE = 256;

/** What targets are, where it can be judged: the id of a class each, or one value, or a text, or at each position what comes next. */
export function kindOfTargets({
  classes,
  yShape,
  texts,
}: Pick<AnyDataSet, "classes" | "yShape" | "texts">): Predictions["of"] | undefined {
  if (texts !== undefined && yShape.length === 1) return "texts";
  if (classes === undefined) return yShape.length === 1 && yShape[0] === 1 ? "values" : undefined;
  return classes >= 2 && classes <= MOST_CLASSES && yShape.length === 0 ? "classes" : undefined;
}

/**
 * @param data with targets of a kind, see kindOfTargets
 * @param tables see compareTexts
 * @param dense and @param pruned of the first examples of the validation split, equally many
 */
export function comparePredictions(
  data: AnyDataSet,
  dense: Judgement,
  pruned: Judgement,
  tables: Parameters<typeof compareTexts>[3] = [],
): Predictions {
  switch (kindOfTargets(data)) {
    case "texts":
      return compareTexts(data, dense, pruned, tables);
    case "classes":
      return compareClasses(data, dense, pruned);
    default:
      return compareValues(data, dense, pruned);
  }
}

function compareValues({ validation }: AnyDataSet, dense: Judgement, pruned: Judgement): ValuePredictions {
  const count = dense.predicted.length;
  const targets = Float32Array.from(validation.y.subarray(0, count));
  const apart = (some: Float32Array, others: Float32Array): number =>
    Math.sqrt(some.reduce((sum, value, at) => sum + (value - (others[at] ?? 0)) ** 2, 0) / count);
  return {
    ...{ format: PREDICTIONS_FORMAT, of: "values" as const, count },
    errors: {
      dense: apart(dense.predicted, targets),
      pruned: apart(pruned.predicted, targets),
      between: apart(dense.predicted, pruned.predicted),
    },
    points: Array.from(targets.subarray(0, MOST_POINTS), (target, at) => ({
      target,
      dense: dense.predicted[at] ?? 0,
      pruned: pruned.predicted[at] ?? 0,
    })),
  };
}

function compareClasses(data: AnyDataSet, dense: Judgement, pruned: Judgement): ClassPredictions {
  const { classes = 0, classNames, validation } = data;
  const count = dense.predicted.length;
  const matrix = () => Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const confusion = { dense: matrix(), pruned: matrix() };
  const wrong = { dense: 0, pruned: 0, both: 0 };
  const kinds: Record<keyof typeof wrong, ShownExample[]> = { pruned: [], both: [], dense: [] };
  for (let index = 0; index < count; index++) {
    const target = validation.y[index] ?? 0;
    // An id that stands for no class (the setting `ignoreTarget`).
    if (target < 0 || target >= classes) continue;
    const say = ({ predicted, scores }: Judgement) => ({
      predicted: predicted[index] ?? 0,
      score: Number((scores?.[index] ?? 0).toPrecision(4)),
    });
    const both = { dense: say(dense), pruned: say(pruned) };
    for (const model of ["dense", "pruned"] as const) {
      const row = confusion[model][target] ?? [];
      row[both[model].predicted] = (row[both[model].predicted] ?? 0) + 1;
    }
    const isWrong = { dense: both.dense.predicted !== target, pruned: both.pruned.predicted !== target };
    if (!isWrong.dense && !isWrong.pruned) continue;
    const kind = isWrong.dense && isWrong.pruned ? "both" : isWrong.dense ? "dense" : "pruned";
    wrong[kind] += 1;
    if (kinds[kind].length < SHOWN) kinds[kind].push({ index, target, ...both });
  }
  const examples = [...kinds.pruned, ...kinds.both, ...kinds.dense];
  const pictures = drawPictures(
    data,
    examples.map(({ index }) => index),
  );
  return {
    ...{ format: PREDICTIONS_FORMAT, of: "classes" as const, count, classes, confusion, wrong, examples },
    ...(classNames === undefined ? {} : { names: [...classNames] }),
    ...(pictures === undefined ? {} : { pictures }),
  };
}

/** Bytes as they are; other values from the smallest of the split's shown examples, black, to the largest, white. */
function drawPictures(
  { xShape, validation }: AnyDataSet,
  examples: readonly number[],
): NonNullable<ClassPredictions["pictures"]> | undefined {
  const [height = 0, width = 0, channels] = xShape;
  if (xShape.length !== 3 || (channels !== 1 && channels !== 3)) return undefined;
  if (Math.max(height, width) > LONGEST_SIDE || examples.length === 0) return undefined;
  const rows = examples.map((example) => rowOf(validation, example, sizeOf(xShape)));
  const bytes = validation.x instanceof Uint8Array ? rows : stretch(rows);
  return {
    height,
    width,
    channels,
    base64: Buffer.concat(bytes.map((row) => Uint8Array.from(row))).toString("base64"),
  };
}

const rowOf = ({ x }: Split, example: number, size: number) => x.subarray(example * size, (example + 1) * size);

function stretch(rows: readonly (Uint8Array | Float32Array)[]): readonly Uint8Array[] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    for (const value of row) [least, most] = [Math.min(least, value), Math.max(most, value)];
  }
  const scale = most > least ? 255 / (most - least) : 0;
  return rows.map((row) => Uint8Array.from(row, (value) => Math.round((value - least) * scale)));
}
