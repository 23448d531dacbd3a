/**
 * Types that an eager call leaves out, since TensorFlow reads them off the call's inputs, and that a graph has to say. By
 * operation: attribute → the input that it is the type of.
 */
import type { TFEOpAttr } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import type { TypeNumber } from "./nodes.ts";

const TYPES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
  Where: { T: 0 },
};

/** @param inputs types of the operation's inputs */
export function inferTypes(
  op: string,
  given: readonly TFEOpAttr[],
  inputs: readonly TypeNumber[],
): readonly { readonly name: string; readonly dtype: TypeNumber }[] {
  const wanted = Object.hasOwn(TYPES, op) ? Object.entries(TYPES[op] ?? {}) : [];
  return wanted.flatMap(([name, index]) => {
    const dtype = inputs[index];
    return dtype === undefined || given.some((one) => one.name === name) ? [] : [{ name, dtype }];
  });
}
