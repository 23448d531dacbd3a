/** Weights of 16 bits: half the size, for runtimes that make them into such of 32 bits when they open a file. */
import { setFloat16 } from "@petamoriken/float16";

/** What a file says of itself, so that nobody takes roundings for errors. */
export const FLOAT16_METADATA = { weights: "float16" } as const;

export const saysFloat16 = (metadata: Readonly<Record<string, unknown>> | undefined): boolean =>
  metadata?.["weights"] === FLOAT16_METADATA.weights;

/** What is as large rounds to infinity. */
const TOO_LARGE = 65520;

/** Little-endian, rounded to the nearest; undefined where a value is too large for it, or not finite. */
export function toFloat16(values: Float32Array): Uint8Array | undefined {
  const halves = new DataView(new ArrayBuffer(2 * values.length));
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (!(Math.abs(value) < TOO_LARGE)) return undefined;
    setFloat16(halves, 2 * at, value, true);
  }
  return new Uint8Array(halves.buffer);
}
