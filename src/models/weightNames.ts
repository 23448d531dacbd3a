/** What the weights of a model are called, in files and in what users see. */
import type * as Tf from "@tensorflow/tfjs";
import { allLayers } from "../layers/inside.ts";

type Weight = Tf.LayersModel["weights"][number];

/**
 * Names such as `fc1/kernel`. Not the weights' own `name`, to which tfjs adds a number for each model that the process
 * has built before: a checkpoint must find its weights in any process.
 */
export function nameWeights(model: Tf.LayersModel): ReadonlyMap<Weight, string> {
  const numbers = nameLayers(model);
  const used = new Map<string, number>();
  return new Map(
    model.weights.map((weight) => {
      const [layer = "", ...rest] = weight.originalName.split("/");
      const name = [numbers.get(layer) ?? layer, ...rest].join("/");
      const count = used.get(name) ?? 0;
      used.set(name, count + 1);
      return [weight, count === 0 ? name : `${name}_${count}`];
    }),
  );
}

/**
 * A layer without a name gets one from tfjs, `dense_Dense5`: the fifth that the process has made. Here it is counted within
 * its model, since a file may make other models as well. Others keep their names, and are not in the map.
 */
export function nameLayers({ layers }: Tf.LayersModel): ReadonlyMap<string, string> {
  const given = [...allLayers(layers)].flatMap((layer) => {
    const className = layer.getClassName();
    const [, head, number] = /^(.*?)(\d+)$/.exec(layer.name) ?? [];
    return head?.endsWith(`_${className}`) === true ? [{ name: layer.name, head, number: Number(number) }] : [];
  });
  const sorted = given.sort((a, b) => a.number - b.number);
  return new Map(
    sorted.map(({ name, head }) => [
      name,
      `${head}${sorted.filter((each) => each.head === head).findIndex((each) => each.name === name) + 1}`,
    ]),
  );
}
