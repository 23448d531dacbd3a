/**
 * How runs are told apart: a colour and a shape for each place in the palette. Not the theme's chart colours, some of
 * which look the same to people who do not see red or green; a test computes contrast and distance of these.
 */

export const SHAPES = ["circle", "rect", "triangle", "rectRot", "down", "crossRot", "star", "cross"] as const;
export type Shape = (typeof SHAPES)[number];

/** On light grounds, on dark ones. */
export const PALETTES = {
  light: ["#0165cc", "#de6817", "#029062", "#934484", "#70531a", "#3b3b3b", "#4c94d4"],
  dark: ["#5f89e8", "#df872e", "#38ad81", "#d6b5ea", "#edf639", "#f5ffdc", "#6554fb"],
} as const;

export interface SeriesStyle {
  readonly color: string;
  readonly shape: Shape;
  /** The colour comes a second time: bars, which have no shape, are drawn as outlines. */
  readonly isOutlined: boolean;
}

/** Seven colours, eight shapes: no pair comes twice within 56 places. */
export function styleOf(slot: number, ground: keyof typeof PALETTES): SeriesStyle {
  const palette = PALETTES[ground];
  return {
    color: palette[slot % palette.length] ?? palette[0],
    shape: SHAPES[slot % SHAPES.length] ?? SHAPES[0],
    isOutlined: Math.floor(slot / palette.length) % 2 === 1,
  };
}

/** By the kind that VS Code writes on the body. */
export function groundOf(body: HTMLElement): keyof typeof PALETTES {
  const kind = body.dataset["vscodeThemeKind"] ?? "";
  return kind === "vscode-light" || kind === "vscode-high-contrast-light" ? "light" : "dark";
}

/** As chart.js names them: `down` is a triangle turned over. */
export function pointStyleOf(shape: Shape): { readonly pointStyle: Exclude<Shape, "down">; readonly rotation: number } {
  return shape === "down" ? { pointStyle: "triangle", rotation: 180 } : { pointStyle: shape, rotation: 0 };
}

/** Outlines in a square of 12 by 12. */
const PATHS: Readonly<Record<Shape, string>> = {
  circle: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0 -9z",
  rect: "M2 2h8v8h-8z",
  triangle: "M6 1.5L11 10.5H1z",
  down: "M6 10.5L11 1.5H1z",
  rectRot: "M6 0.8L11.2 6L6 11.2L0.8 6z",
  cross: "M6 1v10M1 6h10",
  crossRot: "M2 2l8 8M10 2l-8 8",
  star: "M6 1v10M1 6h10M2.5 2.5l7 7M9.5 2.5l-7 7",
};

const SVG = "http://www.w3.org/2000/svg";

/** The mark of a run, for tables and legends. */
export function markerElement({ color, shape }: SeriesStyle): SVGSVGElement {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "marker");
  picture.setAttribute("viewBox", "0 0 12 12");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[shape]);
  path.setAttribute("fill", color);
  path.setAttribute("stroke", color);
  path.setAttribute("stroke-width", "1.5");
  picture.append(path);
  return picture;
}
