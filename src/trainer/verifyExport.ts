/** Whether an exported file gives what the run's model gives, on examples of the test split. */
import type * as Tf from "@tensorflow/tfjs";
import { formatOfFile, readerOf } from "../export/readers/index.ts";
import { predictValues } from "../export/readers/predict.ts";
import type { Values } from "../export/readers/reader.ts";
import { messageOf, usageError, WhittleError } from "../protocol/errors.ts";
import {
  type ExportJob,
  type ExportVerified,
  MOST_DIFFERENCE,
  MOST_DIFFERENCE_FLOAT16,
} from "../protocol/modelExport.ts";
import { compareMasks } from "./compareMasks.ts";
import type { FinalModel } from "./finalModel.ts";
import { explainChange } from "./provenance.ts";
import { provideData } from "./provideData.ts";
import { testInputs } from "./testInputs.ts";

const OTHER_RUN = "Name the run that it was exported from, or export that again.";

/** @throws WhittleError where the file cannot be opened, or the run's data are not what they were */
export async function verifyExport(
  final: FinalModel,
  compact: Tf.LayersModel,
  { file, examples }: Extract<ExportJob, { task: "verify" }>,
  note: (line: string) => void,
): Promise<ExportVerified> {
  const { record, settings, engine, definition, modelFile, model, masks } = final;
  const format = await formatOfFile(file);
  const report = (
    reader: string,
    difference: number,
    more: { readonly examples?: number } = {},
    limit = MOST_DIFFERENCE,
  ): ExportVerified => ({
    ...{ task: "verify", id: record.id, file, format, reader, ...more, difference },
    ...{ limit, passed: difference <= limit },
  });
  if (format === "masks") {
    const { reader, difference } = await compareMasks(file, masks);
    return report(reader, difference);
  }
  const data = await provideData(engine.tf, definition, model, settings, modelFile, note);
  if (record.data !== undefined && record.data.sha256 !== data.sha256) throw explainChange(settings.data, record);
  if (data.test.count === 0) throw usageError(`${settings.data} has no test examples.`, "Give the data a test split.");
  const inputs = testInputs(model, data, examples);
  const expected = predictValues(engine.tf, model, inputs);
  const { reader, outputs, isFloat16 } = await readerOf(format)
    .run(file, inputs, { tf: engine.tf, compact })
    .catch((error: unknown) => {
      if (error instanceof WhittleError) throw error;
      // What the runtime says of its inputs.
      throw new WhittleError(`${file} cannot be run on the examples of run ${record.id}: ${messageOf(error)}`, {
        remedy: OTHER_RUN,
        cause: error,
      });
    });
  const limit = isFloat16 === true ? MOST_DIFFERENCE_FLOAT16 : MOST_DIFFERENCE;
  return report(reader, differenceOf(expected, outputs, file), { examples: inputs[0]?.shape[0] ?? 0 }, limit);
}

/** @returns of the output that differs most, relative to its largest value @throws WhittleError where the two cannot be compared */
function differenceOf(expected: readonly Values[], found: readonly Values[], file: string): number {
  const shapes = [expected, found].map((outputs) => outputs.map(({ shape }) => `[${shape.join(", ")}]`).join(", "));
  if (shapes[0] !== shapes[1]) {
    throw new WhittleError(`${file} gives outputs of shapes ${shapes[1]}, and the run's model ${shapes[0]}.`, {
      remedy: OTHER_RUN,
    });
  }
  const differences = expected.map(({ values }, at) => {
    const other = found[at]?.values ?? new Float32Array(values.length);
    let [largest, difference] = [0, 0];
    for (const [index, value] of values.entries()) {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (other[index] ?? Number.NaN)));
    }
    return largest === 0 ? difference : difference / largest;
  });
  const difference = Math.max(...differences);
  if (Number.isFinite(difference)) return difference;
  const isOwn = expected.some(({ values }) => !values.every(Number.isFinite));
  throw new WhittleError(
    `${isOwn ? "The run's model" : file} gives values that are not finite on test examples, so there is nothing to compare.`,
    {
      remedy: isOwn
        ? "Its training has diverged: train again with a smaller optimizer.learningRate."
        : "Export the run again.",
    },
  );
}
