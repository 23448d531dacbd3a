/** A canvas that writes SVG, with two things of svgcanvas put right for charts in a page with a strict policy. */
import { type Context, Element as SvgCanvas } from "svgcanvas";

const ANCHORS: Readonly<Record<string, string>> = { left: "start", right: "end", center: "middle", end: "end" };
const BASELINES: Readonly<Record<string, string>> = {
  hanging: "hanging",
  top: "text-before-edge",
  bottom: "text-after-edge",
  middle: "central",
};

export function createSvgSurface(width: number, height: number): SvgCanvas {
  const surface = new SvgCanvas({ width, height });
  const context = surface.getContext("2d");
  context.__applyText = (text, x, y, action) => writeText(context, { text, x, y, action });
  for (const name of ["fill", "stroke"] as const) {
    const draw = context[name].bind(context);
    // After text there is no path; on a canvas that draws nothing, here it would be an error in the log.
    context[name] = () => {
      if (context.__currentElement.nodeName === "path") {
        draw();
      }
    };
  }
  return surface;
}

interface Text {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly action: "fill" | "stroke";
}

/** svgcanvas takes fonts apart by a style attribute, which the policy blocks; setting the property is allowed. */
function writeText(context: Context, { text, x, y, action }: Text): void {
  const parent = context.__closestGroupOrSvg();
  const { style } = document.createElement("span");
  style.font = context.font;
  const element = context.__createElement(
    "text",
    {
      "font-family": style.fontFamily,
      "font-size": style.fontSize,
      "font-style": style.fontStyle,
      "font-weight": style.fontWeight,
      x,
      y,
      "text-anchor": ANCHORS[context.textAlign] ?? "start",
      "dominant-baseline": BASELINES[context.textBaseline] ?? "alphabetic",
    },
    true,
  );
  element.append(text);
  context.__currentElement = element;
  context.__applyTransformation(element);
  context.__applyStyleToCurrentElement(action);
  parent.append(element);
}
