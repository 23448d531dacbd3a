/** How much each target counts. */
import { checkFinite, type Numbers, refuse } from "./numbers.ts";

/**
 * @param w `[count]`, or `[count, …]` with the first axes of a target
 * @param isSeveral the model has several outputs, whose targets only share their example
 * @throws WhittleError that says what is wrong with them
 */
export function checkWeights(spec: string, name: string, w: Numbers, y: readonly Numbers[], isSeveral: boolean): void {
  const targets = isSeveral ? y[0]?.shape.slice(0, 1) : y[0]?.shape;
  if (targets === undefined || w.shape.length === 0 || String(targets.slice(0, w.shape.length)) !== String(w.shape)) {
    refuse(
      spec,
      `${name} has shape [${w.shape}], which ${isSeveral ? "is not one weight an example" : `does not go with targets of shape [${targets}]`}`,
    );
  }
  checkFinite(spec, name, w);
  const negative = w.values.find((weight) => weight < 0);
  if (negative !== undefined) refuse(spec, `${name} has the weight ${negative}`);
}
