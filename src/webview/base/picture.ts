/** Pictures of examples: their range of values becomes black to white. */
import { make } from "./elements.ts";

/** What is black, and what is white. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/** @param shape height, width, channels @param label for those who do not see it */
export function pictureElement(
  values: ArrayLike<number>,
  [height = 0, width = 0, channels = 0]: readonly number[],
  range: Range,
  label: string,
): HTMLCanvasElement {
  const canvas = make("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  canvas.getContext("2d")?.putImageData(new ImageData(asPixels(values, channels, range), width, height), 0, 0);
  return canvas;
}

/**
 * @param values height × width × `channels`, row-major; one channel is gray
 * @param range of all examples; what lies outside is black or white
 * @returns red, green, blue and opacity of each pixel, 0 to 255
 */
export function asPixels(
  values: ArrayLike<number>,
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
