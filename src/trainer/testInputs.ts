/** Examples of the test split as a model's inputs. */
import type * as Tf from "@tensorflow/tfjs";
import { fillBatch } from "../data/batches.ts";
import { type AnyDataSet, sizeOf } from "../data/types.ts";
import type { Values } from "../export/readers/reader.ts";
import { fitShape } from "../models/shapes.ts";

/**
 * The first `most`, fewer where the split has fewer; several inputs, which lie side by side in a row, are taken apart.
 * @returns in the model's order
 */
export function testInputs(model: Tf.LayersModel, data: AnyDataSet, most: number): readonly Values[] {
  const count = Math.min(most, data.test.count);
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  const { x } = fillBatch(data, data.test, order, 0, count);
  const width = sizeOf(data.xShape);
  let start = 0;
  return (data.xFields ?? [{ shape: data.xShape }]).map(({ shape }, at) => {
    const [size, from] = [sizeOf(shape), start];
    start += size;
    const values = new Float32Array(count * size);
    for (let row = 0; row < count; row += 1) {
      values.set(x.subarray(row * width + from, row * width + start), row * size);
    }
    const wanted = model.inputs[at]?.shape.slice(1) ?? [];
    return {
      name: model.inputs[at]?.sourceLayer.name ?? "",
      shape: [count, ...(fitShape(wanted, shape) ?? shape)],
      values: values.map((value) => value * data.scale + data.offset),
    };
  });
}
