/**
 * A program of tensors, recorded once and run as one call of TensorFlow's session: the same operations on the same
 * library, without a call from JavaScript for each. On the same machine and settings it gives the same bits.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import type { NodeBackend } from "./backend.ts";
import { type Recording, record } from "./recorder.ts";
import { encodeSavedModel, TAG } from "./savedModel.ts";

/**
 * Reads and assigns variables, and makes its results of `inputs` and of them. Called in a tidy. Numbers that differ from
 * run to run must be among the inputs: all others are part of the program.
 */
export type Program = (inputs: readonly Tf.Tensor[]) => readonly Tf.Tensor[];

export interface Graph {
  /** Operations and constants. */
  readonly nodes: number;
  /**
   * What the program does, to the variables too.
   * @param inputs of the shapes and types that it was recorded with @returns its results; the caller disposes them
   */
  run(inputs: readonly Tf.Tensor[]): Tf.Tensor[];
  dispose(): void;
}

export interface GraphMaker {
  /** Runs the program eagerly, with all that comes of it. @returns its results, which the caller disposes, and what it did */
  record(
    inputs: readonly Tf.Tensor[],
    program: Program,
  ): { readonly results: Tf.Tensor[]; readonly recording: Recording };
  /** @param recording one without a problem, whose captured tensors are still there */
  load(recording: Recording): Graph;
}

export function createGraphMaker(tf: TF, backend: NodeBackend): GraphMaker {
  return {
    record(inputs, program) {
      const recorded: Recording[] = [];
      const results = tf.tidy(() => {
        const { results, recording } = record(tf, backend, inputs, () => program(inputs));
        recorded.push(recording);
        return [...results];
      });
      const [recording] = recorded;
      if (recording === undefined) throw new Error("nothing was recorded");
      return { results, recording };
    },
    load: (recording) => load(backend, recording),
  };
}

function load(backend: NodeBackend, recording: Recording): Graph {
  const { binding } = backend;
  const folder = mkdtempSync(join(tmpdir(), "whittle-graph-"));
  let session: number | undefined;
  try {
    writeFileSync(join(folder, "saved_model.pb"), encodeSavedModel(binding, recording.nodes));
    session = binding.loadSavedModel(folder, TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { inputs, variables, captured, outputs, assigned } = recording;
  for (const { tensor } of captured) backend.incRef(tensor.dataId);
  const fed = [...inputs, ...variables, ...captured].map(({ port }) => port).join(",");
  const fetched = [...outputs, ...assigned.map(({ port }) => port)].join(",");
  return {
    nodes: recording.nodes.length,
    run(given) {
      if (session === undefined) throw new Error("the graph was disposed");
      const tensors = [
        ...inputs.map(({ index }) => given[index]),
        ...variables.map(({ variable }) => variable),
        ...captured.map(({ tensor }) => tensor),
      ];
      const ids = backend.getInputTensorIds(tensors as Tf.Tensor[]);
      const made = binding.runSavedModel(session, ids, fed, fetched).map((one) => backend.createOutputTensor(one));
      for (const [index, { variable }] of assigned.entries()) {
        const value = made[outputs.length + index];
        if (value === undefined) throw new Error("the session gave fewer tensors than it was asked for");
        variable.assign(value);
        value.dispose();
      }
      return made.slice(0, outputs.length);
    },
    dispose() {
      if (session === undefined) return;
      binding.deleteSavedModel(session);
      session = undefined;
      for (const { tensor } of captured) backend.disposeData(tensor.dataId);
    },
  };
}
