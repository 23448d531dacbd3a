/**
 * Trainings that a user's file begins itself. They wait for ever, which tells its other code nothing; what they were given says
 * which model is meant, and what it is trained on.
 */
import type { LayersModel } from "@tensorflow/tfjs";
import type { TrainingMethod } from "./scan/training.ts";

export interface OwnTraining {
  readonly method: TrainingMethod;
  /** In the file, from 1; undefined where it is begun in another one. */
  readonly line: number | undefined;
  readonly model: LayersModel;
  /** As the method got it. */
  readonly given: readonly unknown[];
}

export class OwnTrainings {
  /** The one whose model is the run's, where the function that makes it trains it. */
  taken?: OwnTraining;
  private readonly begun: OwnTraining[] = [];
  private readonly waiting: ((training: OwnTraining) => void)[] = [];

  /** @param onFirst told of the first one only: a loop begins one after the other */
  constructor(private readonly onFirst: (training: OwnTraining) => void = () => undefined) {}

  readonly add = (training: OwnTraining): void => {
    this.begun.push(training);
    if (this.begun.length === 1) this.onFirst(training);
    for (const resolve of this.waiting.splice(0)) resolve(training);
  };

  /** The next one, from now on. */
  next(): Promise<OwnTraining> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  /**
   * That of `model`, else the first of any, which may be one like it; waits for one where there is none yet.
   * @returns undefined where none begins within `longest` milliseconds
   */
  async of(model: LayersModel, longest: number): Promise<OwnTraining | undefined> {
    const begun = this.begun.find((training) => training.model === model) ?? this.begun[0];
    if (begun !== undefined) return begun;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), longest);
    });
    try {
      return await Promise.race([this.next(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
