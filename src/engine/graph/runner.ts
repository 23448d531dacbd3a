/**
 * Runs programs of tensors as graphs where that can be had, else eagerly. A program becomes a graph once it has shown three
 * things: recorded under two seeds it does the same, it reads no values while it runs, and the graph gives what the program
 * gave itself. All of that happens at its first run, so that every run of it is by the graph: a stopped run that goes on
 * computes the same bits even where TensorFlow rounds otherwise in a graph (oneDNN's softmax does).
 */
import type * as Tf from "@tensorflow/tfjs";
import type { TF } from "../types.ts";
import type { Graph, GraphMaker, Program } from "./graph.ts";
import { isSameProgram } from "./sameProgram.ts";

export interface Runner {
  /**
   * @param kind what the program does, the shapes of its inputs apart; programs of one kind differ by their inputs alone
   * @param seeded calls `run` with the seed of this run, or with another one where `salt` is not 0
   * @returns the program's results; the caller disposes them
   */
  run(kind: string, inputs: readonly Tf.Tensor[], program: Program, seeded?: Seeded): Tf.Tensor[];
  dispose(): void;
}

export type Seeded = <T>(salt: number, run: () => T) => T;

/** What came of a kind of program. */
export interface Verdict {
  readonly kind: string;
  /** Why there is no graph, in a sentence without full stop. */
  readonly problem?: string;
  /** Where there is one: the largest difference to the eager run, as a part of the largest value of its tensor. */
  readonly difference?: number;
}

/** More is another computation, and no rounding. */
const MOST_DIFFERENCE = 1e-5;

const unseeded: Seeded = (_salt, run) => run();

export interface RunnerOptions {
  /** None where the engine has no graphs, or where they are not wanted. */
  readonly maker?: GraphMaker | undefined;
  readonly onVerdict?: (verdict: Verdict) => void;
}

export function createRunner(tf: TF, { maker, onVerdict }: RunnerOptions = {}): Runner {
  const entries = new Map<string, "eager" | Graph>();

  const runEagerly = (inputs: readonly Tf.Tensor[], program: Program, seeded: Seeded): Tf.Tensor[] =>
    tf.tidy(() => [...seeded(0, () => program(inputs))]);

  /** Does the program's first run. */
  const settle = (makers: GraphMaker, inputs: readonly Tf.Tensor[], program: Program, seeded: Seeded): Settled => {
    const before = holdVariables(tf);
    const recordFromStart = (salt: number) => {
      before.restore();
      return seeded(salt, () => makers.record(inputs, program));
    };
    try {
      // What a model makes at its first call is there after it.
      tf.dispose(recordFromStart(0).results);
      const other = recordFromStart(1);
      tf.dispose(other.results);
      const own = recordFromStart(0);
      const problem =
        own.recording.problem ??
        (isSameProgram(other.recording, own.recording)
          ? undefined
          : "it draws random numbers, or counts, in a way that a graph cannot");
      return problem === undefined
        ? prove(makers.load(own.recording), own.results, inputs, before)
        : { results: own.results, problem };
    } finally {
      before.dispose();
    }
  };

  /** Runs the graph from where the program began. @param expected what the program gave; disposed */
  const prove = (graph: Graph, expected: Tf.Tensor[], inputs: readonly Tf.Tensor[], before: Held): Settled => {
    const eager = holdVariables(tf);
    try {
      before.restore();
      const results = graph.run(inputs);
      const differences = results.map((one, index) => differenceOf(one, expected[index]));
      const difference = Math.max(0, eager.difference(), ...differences);
      if (difference <= MOST_DIFFERENCE) {
        tf.dispose(expected);
        return { results, graph, difference };
      }
      graph.dispose();
      tf.dispose(results);
      eager.restore();
      return { results: expected, problem: `as a graph it gave something else, by ${difference.toPrecision(2)}` };
    } finally {
      eager.dispose();
    }
  };

  return {
    run(kind, inputs, program, seeded = unseeded) {
      const key = `${kind} ${inputs.map(({ dtype, shape }) => `${dtype}[${shape.join()}]`).join(" ")}`;
      const entry = entries.get(key);
      if (maker === undefined || entry === "eager") return runEagerly(inputs, program, seeded);
      if (entry !== undefined) return entry.run(inputs);
      const settled = settle(maker, inputs, program, seeded);
      if ("graph" in settled) {
        entries.set(key, settled.graph);
        onVerdict?.({ kind, difference: settled.difference });
      } else {
        entries.set(key, "eager");
        onVerdict?.({ kind, problem: settled.problem });
      }
      return settled.results;
    },
    dispose() {
      for (const entry of entries.values()) if (typeof entry === "object") entry.dispose();
      entries.clear();
    },
  };
}

type Settled = { readonly results: Tf.Tensor[] } & (
  | { readonly graph: Graph; readonly difference: number }
  | { readonly problem: string }
);

interface Held {
  restore(): void;
  /** The largest difference of the variables now to what they were, as `differenceOf` measures it. */
  difference(): number;
  dispose(): void;
}

/** All variables as they are now, without a copy. */
function holdVariables(tf: TF): Held {
  const held = Object.values(tf.engine().registeredVariables).map(
    (variable) => [variable, tf.keep(tf.tidy(() => variable.clone()))] as const,
  );
  return {
    restore() {
      for (const [variable, value] of held) if (variable.dataId !== value.dataId) variable.assign(value);
    },
    difference: () =>
      held.reduce(
        (most, [variable, value]) =>
          variable.dataId === value.dataId ? most : Math.max(most, differenceOf(variable, value)),
        0,
      ),
    dispose() {
      for (const [, value] of held) value.dispose();
    },
  };
}

/** Largest |a − b| as a part of the largest |b|; 0 for the same bits, infinite where one is no number and the other is. */
function differenceOf(a: Tf.Tensor, b: Tf.Tensor | undefined): number {
  if (b === undefined) return Number.POSITIVE_INFINITY;
  const [own, other] = [a.dataSync(), b.dataSync()];
  let [most, largest] = [0, 0];
  for (let index = 0; index < other.length; index++) {
    const [x = Number.NaN, y = Number.NaN] = [own[index], other[index]];
    if (Object.is(x, y)) {
      if (Math.abs(y) > largest) largest = Math.abs(y);
      continue;
    }
    if (!Number.isFinite(x) || !Number.isFinite(y)) return Number.POSITIVE_INFINITY;
    most = Math.max(most, Math.abs(x - y));
    largest = Math.max(largest, Math.abs(y));
  }
  return most === 0 ? 0 : most / Math.max(largest, Number.MIN_VALUE);
}
