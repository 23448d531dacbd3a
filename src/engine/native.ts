/**
 * The native engine. tfjs-node's own entry looks for its addon inside node_modules; here its parts are put together the
 * same way around the addon in our cache.
 */
import type { TFJSBinding } from "@tensorflow/tfjs-node/dist/tfjs_binding.js";
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { type BatchNormalize, createBatchNormalize } from "./batchNormalize.ts";
import { createDraws, type SeededDraws } from "./draws.ts";
import type { NodeBackend } from "./graph/backend.ts";
import { createGraphMaker, type GraphMaker } from "./graph/graph.ts";
import { addonPath, inspectNative } from "./install/cache.ts";
import { ONE_DNN_VARIABLE } from "./install/oneDnn.ts";
import { TFJS_NODE_VERSION } from "./install/versions.ts";
import { improveNativeKernels } from "./nativeKernels.ts";
import { restoreUtilFunctions } from "./nodeCompat.ts";
import { requireFrom } from "./nodeRequire.ts";
import { createRows, type Rows } from "./rows.ts";
import { loadTfjs } from "./tfjs.ts";
import type { TF } from "./types.ts";

export interface NativeEngine {
  readonly tf: TF;
  readonly graphs: GraphMaker;
  readonly draws: SeededDraws;
  readonly batchNormalize: BatchNormalize;
  readonly rows: Rows;
  readonly versions: Readonly<Record<string, string>>;
  /** Whether TensorFlow computes by oneDNN; undefined where that is left to TensorFlow. */
  readonly oneDnn: boolean | undefined;
}

/**
 * @param oneDnn whether TensorFlow is to compute by oneDNN, unless the user's environment says it
 * @throws WhittleError when it is not installed or its library does not load. A bad library can also end the process.
 */
export async function loadNative(oneDnn?: boolean): Promise<NativeEngine> {
  const state = inspectNative();
  if (state.kind !== "installed") {
    const problem = state.kind === "missing" ? "it is not installed" : state.problem;
    throw new WhittleError(`The native engine cannot be used: ${problem}.`, {
      remedy: state.kind === "missing" ? "Run `whittle setup`." : "Run `whittle setup --force`.",
    });
  }
  // libtensorflow reads this when it is loaded: errors only, no notes on processor features.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  if (oneDnn !== undefined) process.env[ONE_DNN_VARIABLE] ??= oneDnn ? "1" : "0";
  const said = process.env[ONE_DNN_VARIABLE];
  restoreUtilFunctions();
  const addon = addonPath(state.folder);
  const binding = loadAddon(addon);
  const tf = await loadTfjs();
  await import("@tensorflow/tfjs-node/dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = await import("@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js");
  if (tf.findBackend("tensorflow") === null) {
    tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3);
  }
  if (!(await tf.setBackend("tensorflow"))) {
    throw new WhittleError("The native engine did not start.", { remedy: "Run `whittle setup --force`." });
  }
  const backend = tf.backend() as unknown as NodeBackend;
  improveNativeKernels(tf, backend);
  return {
    tf,
    graphs: createGraphMaker(tf, backend),
    draws: createDraws(tf, backend),
    batchNormalize: createBatchNormalize(tf, backend),
    rows: createRows(tf, backend),
    versions: { "tfjs-node": TFJS_NODE_VERSION, libtensorflow: binding.TF_Version },
    oneDnn: said === undefined ? undefined : said !== "0",
  };
}

function loadAddon(addon: string): TFJSBinding {
  try {
    return requireFrom(addon)(addon);
  } catch (error) {
    throw new WhittleError(`The native engine's addon ${addon} does not load: ${messageOf(error)}.`, {
      remedy: "Run `whittle setup --force`, or go on with `--engine wasm`.",
      cause: error,
    });
  }
}
