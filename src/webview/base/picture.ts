/** Pictures of examples: their range of values becomes black to white. */
import type { Range } from "../../protocol/dataDescription.ts";

/**
 * @param values height × width × `channels`, row-major; one channel is gray
 * @param range of all examples; what lies outside is black or white
 * @returns red, green, blue and opacity of each pixel, 0 to 255
 */
export function asPixels(
  values: readonly number[],
  channels: number,
  { min, max }: Range,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray((values.length / channels) * 4).fill(255);
  const scale = max > min ? 255 / (max - min) : 0;
  for (let pixel = 0; pixel * channels < values.length; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const value = values[pixel * channels + (channels === 1 ? 0 : colour)] ?? min;
      pixels[pixel * 4 + colour] = (value - min) * scale;
    }
  }
  return pixels;
}
