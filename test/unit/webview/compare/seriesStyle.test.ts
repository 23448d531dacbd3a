/** The palette, as computed: contrast after WCAG 2.2, colour vision after Machado et al. 2009 (full deficiency). */
import assert from "node:assert/strict";
import { PALETTES, SHAPES, styleOf } from "../../../../src/webview/compare/seriesStyle.ts";

type Triple = readonly [number, number, number];

/** Editor backgrounds of VS Code's own themes: Light Modern, Dark Modern, high contrast. */
const GROUNDS = { light: ["#ffffff"], dark: ["#1f1f1f", "#000000"] } as const;

/** On linear RGB: normal, protanopia, deuteranopia. */
const VISIONS: readonly (readonly Triple[])[] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
];

describe("the palette of runs", () => {
  for (const ground of ["light", "dark"] as const) {
    it(`stands out from ${ground} grounds by 3 to 1`, () => {
      for (const color of PALETTES[ground]) {
        for (const background of GROUNDS[ground]) {
          const ratio = contrast(color, background);
          assert.ok(ratio >= 3, `${color} on ${background}: ${ratio.toFixed(2)}`);
        }
      }
    });

    it(`has no two colours on ${ground} grounds that look alike, with any kind of colour vision`, () => {
      const colors = PALETTES[ground];
      colors.forEach((a, index) => {
        for (const b of colors.slice(index + 1)) {
          for (const vision of VISIONS) {
            const distance = Math.hypot(...minus(lab(see(a, vision)), lab(see(b, vision))));
            assert.ok(distance > 20, `${a} and ${b}: ${distance.toFixed(1)}`);
          }
        }
      });
    });
  }

  it("repeats no pair of colour and shape within 56 places", () => {
    const pairs = Array.from({ length: 56 }, (_, slot) => {
      const { color, shape } = styleOf(slot, "dark");
      return `${color} ${shape}`;
    });
    assert.equal(new Set(pairs).size, 56);
    assert.equal(SHAPES.length, 8);
  });
});

function linear(hex: string): Triple {
  const part = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => dot([0.2126, 0.7152, 0.0722], linear(hex));
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function see(hex: string, vision: readonly Triple[]): Triple {
  const seen = vision.map((row) => Math.min(1, Math.max(0, dot(row, linear(hex)))));
  return [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0];
}

/** CIE L*a*b*, white D65. */
function lab(rgb: Triple): Triple {
  const bend = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = bend(dot([0.4124, 0.3576, 0.1805], rgb) / 0.9505);
  const y = bend(dot([0.2126, 0.7152, 0.0722], rgb));
  const z = bend(dot([0.0193, 0.1192, 0.9505], rgb) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: Triple, b: Triple): Triple {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
