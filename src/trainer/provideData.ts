/** The data of a run: a format's, or what a function of the user's own gives. */
import type { LayersModel } from "@tensorflow/tfjs";
import { withClassWeights } from "../data/classWeights.ts";
import { openGiven } from "../data/given/given.ts";
import { withInputsAsTargets } from "../data/inputsAsTargets.ts";
import { openData } from "../data/open.ts";
import { createRandom, withSeededMathRandom } from "../data/random.ts";
import type { AnyDataSet } from "../data/types.ts";
import type { LoadedEngine } from "../engine/load.ts";
import { callDataFunction, explainDataError, loadDataOf } from "../models/dataFunction.ts";
import { type Fitted, fittedData } from "../models/fittedData.ts";
import type { LoadedDefinition } from "../models/load.ts";
import { namesOfSeveral } from "../models/several.ts";
import type { Settings } from "../protocol/settings.ts";

/** By the loss it is known what targets are. What is random in a user's own loader is so by the seed. */
export async function provideData(
  tf: LoadedEngine["tf"],
  definition: LoadedDefinition,
  model: LayersModel,
  { data, loss, seed, validationSplit, ignoreTarget, classWeights, targets, text }: Settings,
  modelFile: string,
  onProgress: (note: string) => void,
): Promise<AnyDataSet> {
  const own = definition.data;
  const wantsValues = loss === "binaryCrossentropy" || loss === "meanSquaredError";
  const load = (file: string, exportName: string) => loadDataOf(tf, file, exportName, onProgress);
  const { trainings } = definition;
  let found: Fitted | undefined;
  const fitted = trainings && {
    file: modelFile,
    give: async () => {
      found = await fittedData(trainings, model, modelFile, onProgress);
      return found.data;
    },
  };
  const [input] = model.inputs;
  const exampleRank = input === undefined ? {} : { exampleRank: input.shape.length - 1 };
  const [inputs, outputs] = [namesOfSeveral(model.inputNames), namesOfSeveral(model.outputNames)];
  const options = {
    ...{ validationSplit, seed, text, onProgress, wantsValues, load, explainFor: explainDataError, ...exampleRank },
    // One-hot rows are whole numbers too; what has an axis of positions says so by its output.
    wantsIds: loss === "sparseCategoricalCrossentropy" && (model.outputs[0]?.shape.length ?? 0) > 2,
    ...(fitted === undefined ? {} : { fitted }),
    ...(ignoreTarget === undefined ? {} : { ignoreTarget }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  };
  const opened = await withSeededMathRandom(createRandom(seed, "data"), async () => {
    if (data !== "custom" || own === undefined) return openData(data, options);
    const given = await callDataFunction(own, modelFile);
    return openGiven("custom", given, { ...options, explain: explainDataError(modelFile) });
  });
  const weighted = withClassWeights(opened, { ...found?.classWeights, ...classWeights });
  return targets === "inputs" ? withInputsAsTargets(weighted) : weighted;
}
