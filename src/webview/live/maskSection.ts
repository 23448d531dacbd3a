/** The mask of a layer as a picture, and in a sentence. */
import * as l10n from "@vscode/l10n";
import { asCount, asPercent } from "../../protocol/figures.ts";
import type { MaskPicture } from "../../protocol/panel.ts";
import { countText } from "../../protocol/unitTexts.ts";
import { box, cell, make, section } from "../base/elements.ts";
import { asRgb } from "../base/rgb.ts";
import type { Theme } from "../base/theme.ts";
import { canvasPng } from "../charts/canvasPng.ts";
import { type ChartHost, chartMenu } from "../charts/chartMenu.ts";

export type MaskState =
  | { readonly is: "asked"; readonly layer: string }
  | { readonly is: "here"; readonly picture: MaskPicture }
  | { readonly is: "missing"; readonly layer: string; readonly problem?: string };

export interface MaskSection {
  readonly section: HTMLElement;
  write(state: MaskState | undefined, theme: Theme): void;
}

export function maskSection(host: ChartHost): MaskSection {
  const title = l10n.t("Mask");
  const canvas = make("canvas", "mask");
  canvas.setAttribute("role", "img");
  const caption = make("p", "caption");
  let shown: MaskPicture | undefined;
  let seen: readonly unknown[] = [];
  const menu = chartMenu(host, {
    title,
    png: () => (shown === undefined ? undefined : canvasPng(canvas)),
    sheet: () => ({
      columns: [l10n.t("Row"), l10n.t("Kept part of its weights, from left to right")],
      rows: shown === undefined ? [] : rowsOf(shown),
    }),
  });
  const frame = box("mask-box", canvas);
  const element = section(title, menu, frame, caption);
  element.classList.add("mask-section");
  return {
    section: element,
    write(state, theme) {
      const causes = [state, theme.sparsity, theme.background];
      if (causes.every((cause, index) => cause === seen[index])) {
        return;
      }
      seen = causes;
      shown = state?.is === "here" ? state.picture : undefined;
      frame.hidden = shown === undefined;
      if (shown !== undefined) {
        paint(canvas, shown, theme);
        canvas.setAttribute("aria-label", describe(shown));
      }
      caption.replaceChildren(cell("span", captionOf(state)));
    },
  };
}

function captionOf(state: MaskState | undefined): string {
  switch (state?.is) {
    case "here":
      return describe(state.picture);
    case "asked":
      return l10n.t("Reading the newest checkpoint …");
    case "missing":
      return state.problem === undefined
        ? l10n.t("There is no checkpoint with this layer yet.")
        : l10n.t("The newest checkpoint cannot be read: {0}", state.problem);
    default:
      return l10n.t("No layer yet.");
  }
}

function describe(picture: MaskPicture): string {
  const { columns, rows, of = "rows", kept, columnsUsed, rowsUsed, scale } = picture;
  const figures = l10n.t(
    "{0} of {1} weights kept ({2}); {3} of {4} columns (left to right) and {5} of {6} (top to bottom) have one.",
    asCount(kept),
    asCount(columns * rows),
    asPercent(columns * rows === 0 ? 0 : kept / (columns * rows)),
    asCount(columnsUsed),
    asCount(columns),
    asCount(rowsUsed),
    countText(asCount(rows), of),
  );
  return scale === 1 ? figures : `${figures} ${l10n.t("One pixel stands for {0} × {0} weights.", scale)}`;
}

/** Kept weights in the series' colour, pruned ones in the ground's. */
function paint(canvas: HTMLCanvasElement, { width, height, base64 }: MaskPicture, theme: Theme): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context?.createImageData(width, height);
  if (context === null || image === undefined) {
    return;
  }
  const [on, off] = [asRgb(theme.sparsity), asRgb(theme.background)];
  const bytes = atob(base64);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const part = bytes.charCodeAt(pixel) / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      image.data[pixel * 4 + channel] = (on[channel] ?? 0) * part + (off[channel] ?? 0) * (1 - part);
    }
    image.data[pixel * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** A row per unit of the picture: its pixels, in percent. */
function rowsOf({ width, height, base64 }: MaskPicture) {
  const bytes = atob(base64);
  return Array.from({ length: height }, (_, y) => [
    String(y + 1),
    ...Array.from({ length: width }, (_, x) => {
      const value = Number((bytes.charCodeAt(y * width + x) / 255).toFixed(3));
      return { value, text: String(value) };
    }),
  ]);
}
