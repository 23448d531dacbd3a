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
  /** tfjs, Node, and what else takes part. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Loads an engine into this process, without asking whether it works. Only that engine's code is evaluated. */
export async function startEngine(name: EngineName): Promise<StartedEngine> {
  const { versions, ...engine } = await startByName(name);
  const { tf } = engine;
  await tf.ready();
  improveGradients(tf);
  return { ...engine, versions: { tfjs: tf.version_core, ...versions, node: process.versions.node } };
}

async function startByName(name: EngineName): Promise<StartedEngine> {
  switch (name) {
    case "native":
      return loadNative();
    case "wasm":
      return loadWasm();
    case "cpu":
      return { tf: await loadCpu(), versions: {} };
  }
}
