/** What a file trains on itself: what it gives `model.fit(x, y, options)` or `model.fitDataset(dataset, options)`. */
import type { LayersModel } from "@tensorflow/tfjs";
import { z } from "zod";
import { WhittleError } from "../protocol/errors.ts";
import { placeAt } from "./loadErrors.ts";
import type { OwnTraining, OwnTrainings } from "./ownTraining.ts";

/** Milliseconds in which a training that a file begins at its top has to begin; a function that trains has no such limit. */
const LONGEST_WAIT_MS = 60_000;

interface FitOptions {
  readonly validationData?: unknown;
  readonly batchesPerEpoch?: unknown;
  readonly validationBatches?: unknown;
  readonly classWeight?: unknown;
  readonly sampleWeight?: unknown;
}

export interface Fitted {
  /** As `openGiven` takes it. */
  readonly data: unknown;
  /** As the setting of that name. */
  readonly classWeights: Readonly<Record<string, number>>;
}

const classWeightsSchema = z.record(z.string().regex(/^\d+$/), z.number().min(0));

/**
 * @param file the model's @param onNote told what is not taken over
 * @throws WhittleError where the file begins no training, or one that does not tell its data
 */
export async function fittedData(
  trainings: OwnTrainings,
  model: LayersModel,
  file: string,
  onNote: (note: string) => void,
): Promise<Fitted> {
  const training = await trainings.of(model, LONGEST_WAIT_MS);
  if (training === undefined) {
    throw new WhittleError(`${file} has begun no training after ${LONGEST_WAIT_MS / 1000} s.`, {
      remedy: "Name the data, as in --data module:FILE#EXPORT, or start from the function that calls model.fit.",
    });
  }
  const { method, line, given } = training;
  const place = placeAt(file, line);
  if (method === "trainOnBatch") {
    throw new WhittleError(
      `${place} trains batch by batch (trainOnBatch), so nobody knows how many examples there are.`,
      {
        remedy:
          "Name the data, as in --data module:FILE#EXPORT, where the export gives { x, y } or examples one by one.",
      },
    );
  }
  const options = optionsOf(training);
  const classWeights = classWeightsOf(options, model);
  const isWeighted = Object.keys(classWeights ?? {}).length > 0;
  onNote(`The data are what ${place} gives ${method}${isWeighted ? ", classes weighted as it says" : ""}.`);
  if (classWeights === undefined) onNote(`${place} has a classWeight, which is not taken over.`);
  const { validationData } = options;
  const validation =
    validationData === undefined || validationData === null
      ? {}
      : { validation: examplesOf(validationData, options.validationBatches) };
  const { sampleWeight } = options;
  const train =
    method === "fitDataset"
      ? examplesOf(given[0], options.batchesPerEpoch)
      : examplesOf([given[0], given[1], ...(sampleWeight === undefined ? [] : [sampleWeight])]);
  return { data: { train, ...validation }, classWeights: classWeights ?? {} };
}

/** By class id; TensorFlow.js takes them in a list, or by the output's name, too. @returns undefined where nobody knows what they mean */
function classWeightsOf({ classWeight }: FitOptions, { outputNames }: LayersModel): Fitted["classWeights"] | undefined {
  const [name = ""] = outputNames;
  const given = alone(classWeight ?? {});
  const own: unknown = typeof given === "object" && given !== null ? (Reflect.get(given, name) ?? given) : given;
  return classWeightsSchema.safeParse(own).data;
}

function optionsOf({ method, given }: OwnTraining): FitOptions {
  const options = given[method === "fitDataset" ? 1 : 2];
  return typeof options === "object" && options !== null ? options : {};
}

/** Of `[x, y]`, `[x, y, weights]` or a Dataset. @param batches of a Dataset, those that count */
function examplesOf(given: unknown, batches?: unknown): unknown {
  if (!Array.isArray(given)) return typeof batches === "number" && canTake(given) ? given.take(batches) : given;
  const [x, y, w] = given.map(alone);
  return { x, y, ...(w === undefined ? {} : { w }) };
}

/** The one of a list of one. */
const alone = (given: unknown): unknown => (Array.isArray(given) && given.length === 1 ? given[0] : given);

const canTake = (given: unknown): given is { take(count: number): unknown } =>
  typeof given === "object" && given !== null && "take" in given && typeof given.take === "function";
