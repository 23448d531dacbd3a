/** Runs a file in the Keras of the user's own Python, to see whether it computes there what it should. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { runProgram } from "../../engine/install/programs.ts";
import { usageError, WhittleError } from "../../protocol/errors.ts";

export interface ReaderTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface KerasOptions {
  /** A Python that has Keras; by default the first on the path that has. */
  readonly python?: string;
  readonly signal?: AbortSignal;
}

/** As it is called on Linux and macOS, in an environment, and on Windows. */
const PYTHONS = ["python3", "python", "py"];
/** Keras needs one of them, and takes the one that its environment or settings name. */
const PROGRAM = `
import importlib.util, json, os, pathlib, sys
folder = pathlib.Path(sys.argv[1])
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "KERAS_BACKEND" not in os.environ:
    found = [name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)]
    os.environ["KERAS_BACKEND"] = found[0] if found else "tensorflow"
try:
    import keras
    import numpy as np
except ImportError as error:
    (folder / "missing").write_text(str(error))
    sys.exit(0)
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
type Response = z.infer<typeof responseSchema>;

export interface KerasJob {
  readonly file: string;
  /** A batch for each input of the model. */
  readonly inputs: readonly ReaderTensor[];
}

export interface KerasRun {
  /** Of Keras. */
  readonly version: string;
  /** In the order of the model's outputs. */
  readonly outputs: readonly ReaderTensor[];
}

/**
 * Opens a `.keras` or `.h5` file with `keras.saving.load_model` and predicts.
 * @throws WhittleError (usage) where there is no Keras, else with Keras's own words
 */
export async function runInKeras(job: KerasJob, options: KerasOptions = {}): Promise<KerasRun> {
  const [run] = await runAllInKeras([job], options);
  if (run instanceof WhittleError) throw run;
  if (run === undefined) throw new Error("there is a run for each job");
  return run;
}

/** As `runInKeras`, with one start of Python for all. @returns for each job its run, or what Keras says against its file */
export async function runAllInKeras(
  jobs: readonly KerasJob[],
  { python, signal }: KerasOptions = {},
): Promise<readonly (KerasRun | WhittleError)[]> {
  const folder = await mkdtemp(join(tmpdir(), "whittle-keras-"));
  try {
    await writeRequest(folder, jobs);
    for (const command of python === undefined ? PYTHONS : [python]) {
      const ended = await runProgram(command, ["-c", PROGRAM, folder], { ...(signal && { signal }) });
      const response = ended && (await readIfThere(join(folder, "response.json")));
      if (response !== undefined) return await readResponse(folder, jobs, responseSchema.parse(JSON.parse(response)));
      if (ended === undefined || (await readIfThere(join(folder, "missing"))) !== undefined) continue;
      throw new WhittleError(`Python (${command}) failed to run Keras: ${lastLine(ended.stderr)}`, {
        remedy: `Check with: ${command} -c "import keras; print(keras.__version__)"`,
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw usageError("There is no Python with Keras to open the file with.", "pip install keras jax");
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

async function readResponse(
  folder: string,
  jobs: readonly KerasJob[],
  { version, jobs: answers }: Response,
): Promise<readonly (KerasRun | WhittleError)[]> {
  return Promise.all(
    answers.map(async (answer, at) => {
      if ("error" in answer) {
        return new WhittleError(`Keras ${version} cannot open or run ${jobs[at]?.file}: ${answer.error}`, {
          remedy: "Check with keras.saving.load_model in Python; its Keras may be older than the file.",
        });
      }
      const outputs = answer.shapes.map(async (shape, index) => {
        const bytes = await readFile(join(folder, `output${at}.${index}`));
        return { shape, values: new Float32Array(new Uint8Array(bytes).buffer) };
      });
      return { version, outputs: await Promise.all(outputs) };
    }),
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) || "it said nothing";
