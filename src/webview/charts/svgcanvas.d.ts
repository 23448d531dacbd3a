/** What we use of svgcanvas, which has no types of its own; names with two underscores are its own affair. */
declare module "svgcanvas" {
  export interface Context {
    readonly font: string;
    readonly textAlign: string;
    readonly textBaseline: string;
    fill(): void;
    stroke(): void;
    getSerializedSvg(fixNamedEntities?: boolean): string;
    __currentElement: SVGElement;
    __applyText: (text: string, x: number, y: number, action: "fill" | "stroke") => void;
    __applyTransformation(element: SVGElement): void;
    __applyStyleToCurrentElement(action: "fill" | "stroke"): void;
    __closestGroupOrSvg(): SVGElement;
    __createElement(
      name: string,
      attributes: Readonly<Record<string, string | number>>,
      resetFill: boolean,
    ): SVGElement;
  }
  /** Stands in for a canvas element. */
  export class Element {
    constructor(options: { readonly width: number; readonly height: number });
    width: number;
    height: number;
    getContext(type: "2d"): Context;
  }
}
