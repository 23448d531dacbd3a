/**
 * Draws one handwritten digit: a glyph's points, shaken, mapped and warped at random, joined by smooth curves and laid
 * down as ink. Only + − × ÷ and √ are used, which IEEE 754 rounds the same way everywhere (sine and exponential are
 * not), so the pictures are the same bits on every machine.
 */

import type { Random } from "../random.ts";
import { GLYPHS, type Glyph } from "./digitGlyphs.ts";

/** Pictures are SIDE × SIDE pixels. */
export const SIDE = 28;
/** Straight pieces that stand for the curve between two points of a glyph. */
const PIECES = 4;
/** The warp field has WARP × WARP random vectors over the picture. */
const WARP = 4;

/** About normal: mean 0, deviation 1, never beyond ±3.5. */
function bell(random: Random): number {
  return (random.next() + random.next() + random.next() + random.next() - 2) * 1.7320508075688772;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

function pickGlyph(digit: number, random: Random): Glyph {
  const glyphs = GLYPHS[digit] ?? [];
  let left = random.next() * glyphs.reduce((sum, glyph) => sum + glyph.weight, 0);
  const picked = glyphs.find((glyph) => {
    left -= glyph.weight;
    return left < 0;
  });
  const glyph = picked ?? glyphs[0];
  if (!glyph) throw new RangeError(`no glyph for digit ${digit}`);
  return glyph;
}

/** A smooth random displacement field over the picture: x and y in pixels, bilinear between the vectors of a grid. */
function createWarp(random: Random, strength: number): (x: number, y: number) => [number, number] {
  const vectors = Float64Array.from({ length: WARP * WARP * 2 }, () => bell(random) * strength);
  return (x, y) => {
    const column = Math.min(Math.max((x / SIDE) * (WARP - 1), 0), WARP - 1.001);
    const row = Math.min(Math.max((y / SIDE) * (WARP - 1), 0), WARP - 1.001);
    const left = Math.floor(column);
    const top = Math.floor(row);
    const right = column - left;
    const down = row - top;
    const at = (axis: number): number => {
      const corner = (top * WARP + left) * 2 + axis;
      const upper = (vectors[corner] ?? 0) * (1 - right) + (vectors[corner + 2] ?? 0) * right;
      const lower = (vectors[corner + WARP * 2] ?? 0) * (1 - right) + (vectors[corner + WARP * 2 + 2] ?? 0) * right;
      return upper * (1 - down) + lower * down;
    };
    return [x + at(0), y + at(1)];
  };
}

/** The glyph's points in pixels, after shaking, a random affine map about the centre, and the warp. */
function placePoints(glyph: Glyph, random: Random): Float64Array {
  const height = between(random, 15.5, 21.5);
  const width = height * glyph.aspect * (1 + 0.16 * bell(random));
  // A rotation without sine and cosine: t is the tangent of half the angle.
  const t = 0.065 * bell(random);
  const cosine = (1 - t * t) / (1 + t * t);
  const sine = (2 * t) / (1 + t * t);
  const slant = 0.1 + 0.17 * bell(random);
  const centreX = SIDE / 2 + 0.9 * bell(random);
  const centreY = SIDE / 2 + 0.9 * bell(random);
  const shake = between(random, 1, 5.5);
  const warp = createWarp(random, between(random, 0.3, 1.1));

  const placed = new Float64Array(glyph.points.length);
  for (let index = 0; index < placed.length; index += 2) {
    const x = (((glyph.points[index] ?? 0) + shake * bell(random) - 50) / 100) * width;
    const y = (((glyph.points[index + 1] ?? 0) + shake * bell(random) - 50) / 100) * height;
    const slanted = x - slant * y;
    const [warpedX, warpedY] = warp(centreX + cosine * slanted - sine * y, centreY + sine * slanted + cosine * y);
    placed[index] = warpedX;
    placed[index + 1] = warpedY;
  }
  return placed;
}

/** Between p1 and p2 at t (0..1) on the Catmull–Rom spline through p0 … p3. */
function spline(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return 0.5 * (2 * p1 + t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0))));
}

/** Corner points x, y, … of the broken line that stands for a stroke. */
function traceStroke(stroke: readonly number[], points: Float64Array): number[] {
  const at = (place: number, axis: number): number => {
    const index = stroke[Math.min(Math.max(place, 0), stroke.length - 1)] ?? 0;
    return points[index * 2 + axis] ?? 0;
  };
  const line = [at(0, 0), at(0, 1)];
  for (let place = 0; place + 1 < stroke.length; place++) {
    for (let piece = 1; piece <= PIECES; piece++) {
      for (const axis of [0, 1]) {
        line.push(
          spline(at(place - 1, axis), at(place, axis), at(place + 1, axis), at(place + 2, axis), piece / PIECES),
        );
      }
    }
  }
  return line;
}

/** Lays ink along a straight piece with the radius growing from r0 to r1: darkest ink wins. `ink` is 0..1 a pixel. */
function inkPiece(ink: Float64Array, x0: number, y0: number, x1: number, y1: number, r0: number, r1: number): void {
  const reach = Math.max(r0, r1) + 0.7;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const lengthSquared = dx * dx + dy * dy;
  const firstRow = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const lastRow = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
  const firstColumn = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const lastColumn = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const along = lengthSquared > 0 ? Math.min(Math.max((px * dx + py * dy) / lengthSquared, 0), 1) : 0;
      const offX = px - along * dx;
      const offY = py - along * dy;
      const distance = Math.sqrt(offX * offX + offY * offY);
      // The edge of the pen fades over 1.4 pixels.
      const cover = (r0 + (r1 - r0) * along + 0.7 - distance) / 1.4;
      const index = row * SIDE + column;
      if (cover > (ink[index] ?? 0)) ink[index] = Math.min(cover, 1);
    }
  }
}

/** Draws `digit` (0..9) into `pixels` from `offset` on: SIDE × SIDE bytes, 0 background, 255 full ink. */
export function drawDigit(digit: number, random: Random, pixels: Uint8Array, offset: number): void {
  const glyph = pickGlyph(digit, random);
  const points = placePoints(glyph, random);
  const ink = new Float64Array(SIDE * SIDE);
  const radius = between(random, 0.55, 1.75);
  for (const stroke of glyph.strokes) {
    const line = traceStroke(stroke, points);
    const pieces = line.length / 2 - 1;
    // Pressure changes evenly from the start of a stroke to its end.
    const start = radius * between(random, 0.75, 1.2);
    const end = radius * between(random, 0.75, 1.2);
    for (let piece = 0; piece < pieces; piece++) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line.slice(piece * 2, piece * 2 + 4);
      const r0 = start + ((end - start) * piece) / pieces;
      const r1 = start + ((end - start) * (piece + 1)) / pieces;
      inkPiece(ink, x0, y0, x1, y1, r0, r1);
    }
  }
  const dark = between(random, 170, 255);
  const grain = between(random, 2, 22);
  for (let index = 0; index < ink.length; index++) {
    const value = (ink[index] ?? 0) * dark + grain * bell(random);
    pixels[offset + index] = Math.min(Math.max(Math.floor(value), 0), 255);
  }
}
