/** A `.keras` or `.h5` file, run by the Keras of the user's own Python. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { messageOf, usageError, WhittleError } from "../../protocol/errors.ts";
import { findPython, runPython } from "./python.ts";
import type { ModelReader, Values } from "./reader.ts";

export const kerasReader: ModelReader = { format: "keras", run: runOne };
export const h5Reader: ModelReader = { format: "h5", run: runOne };

async function runOne(file: string, inputs: readonly Values[]) {
  const python = await findPython("keras");
  if (python === undefined) {
    throw usageError(`There is no Python with Keras to open ${file} with.`, "pip install keras jax");
  }
  const [outputs] = await runInKeras(python.program, [{ file, inputs }]);
  if (outputs === undefined || outputs instanceof Error) throw outputs ?? new Error(`Keras says nothing of ${file}`);
  return { reader: `Keras ${python.version}`, outputs };
}

/** Keras needs one of them, and takes the one that its environment or settings name. */
const PROGRAM = `
import importlib.util, json, os, pathlib
folder = pathlib.Path(sys.argv[1])
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "KERAS_BACKEND" not in os.environ:
    found = [name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)]
    os.environ["KERAS_BACKEND"] = found[0] if found else "tensorflow"
import keras
import numpy as np
jobs = []
for at, job in enumerate(json.loads((folder / "request.json").read_text())):
    try:
        model = keras.saving.load_model(job["file"], compile=False)
        inputs = [np.fromfile(folder / f"input{at}.{each}", "<f4").reshape(shape) for each, shape in enumerate(job["shapes"])]
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = [np.asarray(each, "<f4") for each in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]
        for each, output in enumerate(outputs):
            output.tofile(folder / f"output{at}.{each}")
        jobs.append({"shapes": [output.shape for output in outputs]})
    except Exception as error:
        jobs.append({"error": f"{type(error).__name__}: {error}"})
(folder / "response.json").write_text(json.dumps({"version": keras.__version__, "jobs": jobs}))
`;

const responseSchema = z.object({
  version: z.string(),
  jobs: z.array(z.union([z.object({ shapes: z.array(z.array(z.int())) }), z.object({ error: z.string() })])),
});
type Answer = z.infer<typeof responseSchema>["jobs"][number];

export interface KerasJob {
  readonly file: string;
  /** A batch for each input of the model. */
  readonly inputs: readonly Values[];
}

/**
 * Opens files with `keras.saving.load_model` and predicts, all in one Python, which takes seconds to start.
 * @returns for each job the outputs of the model, or what Keras says against the file
 * @throws WhittleError where Keras itself does not start
 */
export async function runInKeras(
  program: string,
  jobs: readonly KerasJob[],
): Promise<readonly (readonly Values[] | WhittleError)[]> {
  const folder = await mkdtemp(join(tmpdir(), "whittle-keras-"));
  try {
    await writeRequest(folder, jobs);
    await runPython(program, PROGRAM, [folder]).catch((error: unknown) => {
      throw new WhittleError(`Python (${program}) failed to run Keras: ${messageOf(error)}`, {
        remedy: `Check with: ${program} -c "import keras"; it needs one of tensorflow, jax and torch beside it.`,
        cause: error,
      });
    });
    const { version, jobs: answers } = responseSchema.parse(
      JSON.parse(await readFile(join(folder, "response.json"), "utf8")),
    );
    return await Promise.all(
      answers.map((answer, at) =>
        readAnswer(folder, at, answer, `Keras ${version} cannot open or run ${jobs[at]?.file}`),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRequest(folder: string, jobs: readonly KerasJob[]): Promise<void> {
  const request = jobs.map(({ file, inputs }) => ({ file: resolve(file), shapes: inputs.map(({ shape }) => shape) }));
  await writeFile(join(folder, "request.json"), JSON.stringify(request));
  for (const [at, { inputs }] of jobs.entries()) {
    for (const [index, { values }] of inputs.entries()) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      await writeFile(join(folder, `input${at}.${index}`), bytes);
    }
  }
}

async function readAnswer(
  folder: string,
  at: number,
  answer: Answer,
  trouble: string,
): Promise<readonly Values[] | WhittleError> {
  if ("error" in answer) {
    return new WhittleError(`${trouble}: ${answer.error}`, {
      remedy: "Check with keras.saving.load_model in Python; its Keras may be older than the file.",
    });
  }
  return Promise.all(
    answer.shapes.map(async (shape, index) => {
      const bytes = await readFile(join(folder, `output${at}.${index}`));
      return { name: "", shape, values: new Float32Array(new Uint8Array(bytes).buffer) };
    }),
  );
}
