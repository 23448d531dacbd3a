/** The dense reference and the model of a run, as they write for texts that somebody asks about, or go on with them. */
import type * as Tf from "@tensorflow/tfjs";
import { z } from "zod";
import { SPECIAL, type Tokenizer } from "../language/tokenizer.ts";
import { readTokenizer } from "../language/tokenizers.ts";
import { unknownWords } from "../language/unknownWords.ts";
import { usageError, WhittleError } from "../protocol/errors.ts";
import type { WritingJob, WrittenText } from "../protocol/writing.ts";
import { readDenseWeights } from "../runs/checkpoint/denseWeights.ts";
import { readJsonFile } from "../runs/files/jsonFile.ts";
import { densePath, type Run, tokenizerPath } from "../runs/files/layout.ts";
import { loadFinalModel, variablesOf } from "./finalModel.ts";
import { assignWeights, readValues } from "./snapshot.ts";
import { createWritingWay, type WritingWay } from "./writingWay.ts";

/** Of a text: more nobody reads. */
const MOST_UNKNOWN = 10;

type Values = ReadonlyMap<string, Float32Array>;
type Variables = ReadonlyMap<string, Tf.Variable>;

export interface RunWriter {
  /** @throws WhittleError (usage) where a text holds nothing */
  write(texts: readonly string[]): WrittenText[];
}

/**
 * Runs the user's model file, so this is for the training process.
 * @param note told what a user should know
 * @throws WhittleError where the run has no texts, or its model cannot be had or does not write
 */
export async function loadRunWriter(
  run: Run,
  job: Omit<WritingJob, "run">,
  note: (line: string) => void,
): Promise<RunWriter> {
  const tokenizer = await readTokenizerOf(run);
  const { engine, model, settings } = await loadFinalModel(run, job.keptModel, note);
  const { tf } = engine;
  const way = createWritingWay(tf, model, tokenizer, settings, job);
  if (way === undefined) {
    throw usageError(
      `The model of run ${run.id} does not write: its last input are no ids of what has been written so far, or it gives something else than what comes next.`,
      "Name a run of a model that translates, or goes on with texts: see docs/language.md.",
    );
  }
  const weights = variablesOf(model);
  const pruned = new Map([...weights].map(([name, variable]) => [name, readValues(variable)]));
  const dense = readDense(run, weights);
  if (dense === undefined) {
    note(`Run ${run.id} has no dense reference (dense.safetensors), so only what its own model writes is shown.`);
  }
  return {
    write(texts) {
      const sources = texts.map((text) => {
        const ids = tokenizer.encode(text);
        if (ids.length > 0) return ids;
        throw usageError("A text holds nothing that could be read.", "Give one word at least.");
      });
      /** One model with the weights of either: a second one would have layers of other names. */
      const writeWith = (values: Values): string[] => {
        assignWeights(tf, { weights }, values);
        return way.write(sources).map((ids) => tokenizer.decode(ids));
      };
      const before = dense && writeWith(dense);
      const after = writeWith(pruned);
      return texts.map((source, at) => ({
        source,
        ...describeRead(tokenizer, source, sources[at] ?? new Int32Array(0), way),
        ...(before === undefined ? {} : { dense: before[at] ?? "" }),
        pruned: after[at] ?? "",
      }));
    },
  };
}

async function readTokenizerOf(run: Run): Promise<Tokenizer> {
  const file = await readJsonFile(tokenizerPath(run), z.json(), "vocabulary");
  if (file !== undefined) return readTokenizer(file);
  throw usageError(
    `Run ${run.id} has no vocabulary (tokenizer.json): its data are no texts, or it has not begun.`,
    "Name a run that was trained on texts, such as parallel:DIR#de-en or text:FILE.",
  );
}

/** @throws WhittleError where they are another model's */
function readDense(run: Run, weights: Variables): Values | undefined {
  const tensors = readDenseWeights(run);
  if (tensors === undefined) return undefined;
  const isWhole = [...weights].every(([name, { shape }]) => String(tensors.get(name)?.shape) === String(shape));
  if (!isWhole) {
    throw new WhittleError(`${densePath(run)} has other weights than the model of run ${run.id}.`, {
      remedy: "Delete it to see the pruned model alone, or run the model again.",
    });
  }
  return new Map([...tensors].map(([name, { values }]) => [name, values]));
}

function describeRead(
  tokenizer: Tokenizer,
  text: string,
  ids: Int32Array,
  { continues, seen }: WritingWay,
): Pick<WrittenText, "continues" | "read" | "unknown"> {
  const read = seen(ids);
  return {
    ...(continues ? { continues } : {}),
    ...(read.length < ids.length ? { read: read.length } : {}),
    unknown: read.includes(SPECIAL.unknown) ? unknownWords(tokenizer, text, MOST_UNKNOWN) : [],
  };
}
