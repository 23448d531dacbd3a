/** Goes through the layers of a model and says of each weight what it is to its layer. */
import type { WeightRole } from "../protocol/units.ts";
import { kindOfClass } from "./index.ts";
import { insideOf } from "./inside.ts";
import { unitsOfKind } from "./layerKind.ts";
import { ownName } from "./ownName.ts";
import { readWeightUnits, unitsAsSaid } from "./weightUnits.ts";

/** Of TensorFlow.js's `LayerVariable`. */
interface Weight {
  /** E.g. `fc1/kernel`. */
  readonly originalName: string;
  readonly shape: readonly (number | null)[];
}

/** Of TensorFlow.js's `Layer`. */
interface Layer<W extends Weight> {
  readonly weights: readonly W[];
  getClassName(): string;
}

/**
 * @param layers of a built model; those inside of others are found
 * @returns nothing for weights of unknown kinds, and for those that feed no units, such as biases
 * @throws WhittleError (usage) where a class of the user's says of its units what does not fit
 */
export function findWeightRoles<W extends Weight>(layers: readonly Layer<W>[]): ReadonlyMap<W, WeightRole> {
  const roles = new Map<W, WeightRole>();
  let count = 0;
  const visit = (layer: Layer<W>, isOneOfSeveral = false): void => {
    count += 1;
    const className = layer.getClassName();
    const said = readWeightUnits(layer, className);
    const kind = said === undefined ? kindOfClass(className) : undefined;
    for (const inner of said === undefined ? insideOf(layer) : []) {
      visit(inner, isOneOfSeveral || kind?.inside?.length !== 1);
    }
    for (const weight of kind?.inside === undefined ? layer.weights : []) {
      const name = ownName(weight);
      const shape = weight.shape.map((length) => length ?? 0);
      const [own, weightKind] = [said?.[name], kind?.weights?.[name]];
      if (own !== undefined) {
        // Whether its units live by one of its weights or need them all is the class's own affair.
        const units = unitsAsSaid(className, name, own, shape);
        roles.set(weight, { units, group: `${count}/${name}`, carriesInput: false });
      } else if (weightKind !== undefined) {
        const units = unitsOfKind(weightKind, shape);
        const carriesInput = weightKind.carriesInput === true && !isOneOfSeveral;
        if (units !== undefined) roles.set(weight, { units, group: `${count}/${units.of}`, carriesInput });
      }
    }
  };
  for (const layer of layers) visit(layer);
  return roles;
}
