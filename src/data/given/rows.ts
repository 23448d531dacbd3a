/** Rows of one shape, kept as they come, of which nobody knows how many there will be. */
import { sizeOf } from "../types.ts";
import type { Numbers } from "./numbers.ts";

/** Values; a few large arrays are kept more cheaply than millions of small ones. */
const CHUNK = 2 ** 18;

export class Rows {
  bytes = 0;
  private shape: readonly number[] | undefined;
  private isWhole = true;
  private length = 0;
  private readonly chunks: Numbers["values"][] = [];
  /** Of the last chunk, how much is in use. */
  private used = 0;

  /** @returns the shape of the rows before, where it is another one */
  add({ values, isWhole }: Numbers, shape: readonly number[]): readonly number[] | undefined {
    this.shape ??= shape;
    if (String(shape) !== String(this.shape)) return this.shape;
    this.isWhole &&= isWhole;
    let last = this.chunks.at(-1);
    if (last === undefined || last.constructor !== values.constructor || last.length - this.used < values.length) {
      this.close();
      last = new (values.constructor as new (length: number) => Numbers["values"])(Math.max(CHUNK, values.length));
      this.chunks.push(last);
      this.used = 0;
    }
    last.set(values, this.used);
    this.used += values.length;
    this.length += values.length;
    this.bytes += values.byteLength;
    return undefined;
  }

  private close(): void {
    const last = this.chunks.pop();
    if (last !== undefined) this.chunks.push(last.subarray(0, this.used));
  }

  finish(): Numbers {
    this.close();
    const shape = this.shape ?? [];
    const [first] = this.chunks;
    const isOfOne = this.chunks.every((chunk) => chunk.constructor === first?.constructor);
    // Of one type, however the first happened to be given.
    const make = (isOfOne ? first?.constructor : undefined) ?? Float32Array;
    const values = new (make as new (length: number) => Numbers["values"])(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      values.set(chunk, at);
      at += chunk.length;
    }
    return { shape: [this.length / sizeOf(shape), ...shape], values, isWhole: this.isWhole };
  }
}
