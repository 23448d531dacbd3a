import type { BatchNormalize } from "./batchNormalize.ts";
import { loadCpu } from "./cpu.ts";
import type { SeededDraws } from "./draws.ts";
import { improveGradients } from "./gradients.ts";
import type { GraphMaker } from "./graph/graph.ts";
import { loadNative } from "./native.ts";
import type { Rows } from "./rows.ts";
import type { EngineName, TF } from "./types.ts";
import { loadWasm } from "./wasm/wasm.ts";

export interface StartedEngine {
  readonly tf: TF;
  readonly graphs?: GraphMaker;
  readonly draws?: SeededDraws;
  readonly batchNormalize?: BatchNormalize;
  readonly rows?: Rows;
  /** Told of each kernel that the engine lacks, once it has cost much. */
  readonly onSlowKernel?: (listener: (kernel: string) => void) => void;
  /** See NativeEngine. */
  readonly oneDnn?: boolean | undefined;
  /** tfjs, Node, and what else takes part. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Loads an engine into this process, without asking whether it works. Only that engine's code is evaluated.
 * @param oneDnn see `loadNative`
 */
export async function startEngine(name: EngineName, oneDnn?: boolean): Promise<StartedEngine> {
  const { versions, ...engine } = await startByName(name, oneDnn);
  const { tf } = engine;
  await tf.ready();
  improveGradients(tf);
  return { ...engine, versions: { tfjs: tf.version_core, ...versions, node: process.versions.node } };
}

async function startByName(name: EngineName, oneDnn: boolean | undefined): Promise<StartedEngine> {
  switch (name) {
    case "native":
      return loadNative(oneDnn);
    case "wasm":
      return loadWasm();
    case "cpu":
      return { tf: await loadCpu(), versions: {} };
  }
}
