/** ONNX files in their real reader, where it is installed: onnxruntime-node, which Whittle does not carry (290 MB). */
import { join } from "node:path";
import type * as Ort from "onnxruntime-node";
import { requireFrom } from "../../engine/nodeRequire.ts";
import { errorCode, messageOf, usageError } from "../../protocol/errors.ts";

export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  /** 0 and 1 for bool. */
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface OnnxSession {
  /** Of the runtime. */
  readonly version: string;
  /** In the order of the model's. */
  readonly inputs: readonly { readonly name: string; readonly dtype: OnnxTensor["dtype"] }[];
  readonly outputs: readonly string[];
  run(inputs: ReadonlyMap<string, OnnxTensor>): Promise<ReadonlyMap<string, OnnxTensor>>;
  close(): Promise<void>;
}

const PACKAGE = "onnxruntime-node";
/** Not its warnings, which only its developers can act on. */
const LOG_ERRORS = 3;

/**
 * @param model the path of a file, or what is in it
 * @param folders where the package is looked for, and above each of them
 * @throws WhittleError (usage) where the package is in none of them, or cannot read the model
 */
export async function openOnnx(
  model: string | Uint8Array,
  folders: readonly string[] = [process.cwd()],
): Promise<OnnxSession> {
  const { InferenceSession, Tensor, env } = loadRuntime(folders);
  const version = env.versions.node ?? env.versions.common;
  const options = { logSeverityLevel: LOG_ERRORS } as const;
  const session = await (typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options)
  ).catch((error: unknown) => {
    throw usageError(
      `${typeof model === "string" ? model : "The ONNX model"} cannot be read by ${PACKAGE} ${version}: ${messageOf(error)}`,
      `Export it again, or update ${PACKAGE}.`,
    );
  });
  // Older ones do not say what type an input is.
  if (session.inputMetadata === undefined) {
    throw usageError(`${PACKAGE} ${version} is too old.`, `Run npm install ${PACKAGE}@latest where it is installed.`);
  }
  const put = ({ dtype, values, shape }: OnnxTensor): Ort.Tensor =>
    new Tensor(dtype as "float32", values as Float32Array, shape);
  return {
    version,
    inputs: session.inputMetadata.map((input) => ({
      name: input.name,
      dtype: (input.isTensor ? input.type : "float32") as OnnxTensor["dtype"],
    })),
    outputs: session.outputNames,
    run: async (inputs) => {
      const given = await session.run(Object.fromEntries([...inputs].map(([name, tensor]) => [name, put(tensor)])));
      return new Map(
        Object.entries(given).map(([name, { type, data, dims }]) => [
          name,
          { dtype: type, values: data, shape: dims } as OnnxTensor,
        ]),
      );
    },
    close: () => session.release(),
  };
}

function loadRuntime(folders: readonly string[]): typeof Ort {
  for (const folder of folders) {
    try {
      return requireFrom(join(folder, "any.js"))(PACKAGE) as typeof Ort;
    } catch (error) {
      if (errorCode(error) !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw usageError(
    `${PACKAGE} is not installed in ${folders.join(" or ")}, and reads the ONNX file.`,
    `Run npm install ${PACKAGE} there.`,
  );
}
