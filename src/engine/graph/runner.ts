/**
 * Runs programs of tensors as graphs where that can be had, else eagerly. A program becomes a graph once it has shown three
 * things: recorded under two seeds it does the same, it reads no values while it runs, and the graph gives what the program
 * gave itself. All of that happens at its first run, so that every run of it is by the graph: a stopped run that goes on
 * computes the same bits even where TensorFlow rounds otherwise in a graph.
 */
import type * as Tf from "@tensorflow/tfjs";
import { messageOf } from "../../protocol/errors.ts";
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
  /** Where there is one: the largest difference to the eager run, as `differenceOf` measures it. */
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
      return problem === undefined ? prove(makers, own, inputs, before) : { results: own.results, problem };
    } finally {
      before.dispose();
    }
  };

  /** Runs the graph from where the program began. */
  const prove = (
    makers: GraphMaker,
    { results: expected, recording }: ReturnType<GraphMaker["record"]>,
    inputs: readonly Tf.Tensor[],
    before: Held,
  ): Settled => {
    const eager = holdVariables(tf);
    let graph: Graph | undefined;
    const refuse = (problem: string): Settled => {
      graph?.dispose();
      eager.restore();
      return { results: expected, problem };
    };
    try {
      graph = makers.load(recording);
      before.restore();
      const results = graph.run(inputs);
      const difference = differenceOf([...results.map((one, at) => [one, expected[at]] as const), ...eager.pairs()]);
      if (difference <= MOST_DIFFERENCE) {
        tf.dispose(expected);
        return { results, graph, difference };
      }
      tf.dispose(results);
      return refuse(`as a graph it gave something else, by ${difference.toPrecision(2)}`);
    } catch (error) {
      // Whatever it is, a full disk for one: without a graph it goes on.
      return refuse(`TensorFlow did not take the graph (${messageOf(error)})`);
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
  /** Variables that have another value now, and their value then. */
  pairs(): readonly (readonly [now: Tf.Tensor, then: Tf.Tensor])[];
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
    pairs: () => held.filter(([variable, value]) => variable.dataId !== value.dataId),
    dispose() {
      for (const [, value] of held) value.dispose();
    },
  };
}

/** A tensor's values count as part of those of all tensors where they are smaller than this part of them. */
const SMALL = 0.01;

/**
 * Largest |a − b| as a part of the largest |b| of the tensor; of a hundredth of the largest of all tensors where that is
 * more, since a gradient that is 0 but for rounding (of a bias before a normalization) has no digits to agree in. Infinite
 * where one is a number and the other is not.
 */
function differenceOf(pairs: readonly (readonly [a: Tf.Tensor, b: Tf.Tensor | undefined])[]): number {
  const found = pairs.map(([a, b]) => (b === undefined ? undefined : compare(a, b)));
  const largest = found.reduce((most, one) => Math.max(most, one?.largest ?? 0), 0);
  return found.reduce((most, one) => {
    if (one === undefined) return Number.POSITIVE_INFINITY;
    return one.difference === 0 ? most : Math.max(most, one.difference / Math.max(one.largest, SMALL * largest));
  }, 0);
}

function compare(a: Tf.Tensor, b: Tf.Tensor): { readonly difference: number; readonly largest: number } {
  const [own, other] = [a.dataSync(), b.dataSync()];
  let [difference, largest] = [0, 0];
  for (let index = 0; index < other.length; index++) {
    const [x = Number.NaN, y = Number.NaN] = [own[index], other[index]];
    const size = Math.abs(y);
    if (size > largest) largest = size;
    // NaN is the same as NaN; −0 and 0 are not, but differ by nothing.
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const distance = Math.abs(x - y);
    if (!(distance <= difference)) difference = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  }
  return { difference, largest };
}
