/**
 * Trains and prunes: carries out what the state machine of `pruning/loop.ts` asks for and tells it what came of it. Knows
 * no process, file or socket (see `Ports`), so tests and the extension host can drive it.
 *
 * Everything that a step depends on is in the checkpoint, and randomness is a function of (seed, epoch or step): a run
 * that goes on from a checkpoint computes the same bits as one that never stopped.
 */
import { isTextMetric } from "../models/textMetrics.ts";
import type { Score, Spent, TrialScore } from "../protocol/run.ts";
import { learningRateAt } from "../pruning/learningRate.ts";
import { advance, isMetricDue, phaseProgress, plannedEpochs, strengthOf } from "../pruning/loop.ts";
import type { Effect, LoopRules, Outcome } from "../pruning/loopState.ts";
import { sparsityOf } from "../pruning/masks.ts";
import { followPlateau, NO_PLATEAU } from "../pruning/plateau.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import type { Batch } from "./batches.ts";
import { checkpointPause } from "./checkpointPace.ts";
import { createEpochSource, type EpochSource } from "./epochSource.ts";
import { type Judgement, packJudgement, unpackJudgement } from "./judgement.ts";
import { ModelState } from "./modelState.ts";
import type { CheckpointKind, LoopEnd, LoopInput, Ports } from "./ports.ts";
import { comparePredictions } from "./predictions.ts";
import { type Progress, progressSchema, startProgress, withSeconds } from "./progress.ts";
import { describeSpread, divergedAt, whyNotPruned } from "./reports.ts";
import { testTextsOf } from "./textPredictions.ts";

/** Milliseconds of steps between two looks at the outside world. */
const YIELD_AFTER_MS = 20;
/** Milliseconds between `step` events. */
const STEP_EVENT_MS = 200;

export async function runLoop(input: LoopInput, ports: Ports): Promise<LoopEnd> {
  const loop = new Trainer(input, ports);
  try {
    return await loop.run();
  } finally {
    loop.dispose();
  }
}

class Trainer {
  private readonly rules: LoopRules;
  private readonly state: ModelState;
  private readonly source: EpochSource;
  /** What the dense reference says of validation examples. */
  private dense: Judgement | undefined;
  private progress: Progress;
  /** Of the last step of an epoch, until its histogram is made. */
  private irrelevance: ReadonlyMap<string, Float32Array> = new Map();
  private lastStepEvent = Number.NEGATIVE_INFINITY;
  private lastCheckpoint: number;
  /** Milliseconds that the last one took. */
  private checkpointCost = 0;
  private lastBreath: number;

  constructor(
    private readonly input: LoopInput,
    private readonly ports: Ports,
  ) {
    const { network, data, settings, resumeFrom } = input;
    const epochs = settings.initialModel === undefined ? settings.epochs : 0;
    this.rules = { epochs, pruning: settings.pruning, metric: network.metric };
    this.state = new ModelState(input);
    this.source = createEpochSource(network, data, settings, input.augment);
    this.lastCheckpoint = this.lastBreath = ports.now();
    this.progress = startProgress();
    if (resumeFrom !== undefined) this.load(resumeFrom);
  }

  async run(): Promise<LoopEnd> {
    if (this.input.resumeFrom === undefined) {
      const { name: metric, better } = this.input.network.metric;
      const params = this.state.countParameters().total;
      this.ports.emit({ type: "model", layers: this.state.summaries(), params, metric, better });
      this.begin();
    }
    while (this.progress.loop.todo.do !== "finish") {
      const { todo } = this.progress.loop;
      if (todo.do === "epoch") {
        if (!(await this.epoch())) return this.end("stopped");
      } else if (todo.do === "probe") {
        const wish = await this.breathe();
        if (wish === "stop") return this.end("stopped");
        if (wish === "prune") this.refusePruning();
        this.probe(todo.fraction);
      } else {
        this.prune(todo.fraction);
      }
    }
    this.checkpoint();
    return this.end("done");
  }

  private begin(): void {
    const { data, initialWeights } = this.input;
    if (initialWeights === undefined) {
      this.ports.emit({ type: "phase", phase: "train", reason: "start" });
    } else {
      this.state.begin(initialWeights);
      this.tell({ of: "loaded", validation: this.state.score(data.validation) });
    }
    this.checkpoint();
  }

  dispose(): void {
    this.source.close();
    this.state.dispose();
  }

  /**
   * Ends early for a search that the user asked for, and is called again after it.
   * @returns false when the run was stopped before the epoch's end
   */
  private async epoch(): Promise<boolean> {
    const { data, settings } = this.input;
    const stepsPerEpoch = Math.ceil(data.train.count / (settings.batchSize * settings.accumulate));
    while (this.progress.step < stepsPerEpoch) {
      const wish = await this.breathe();
      if (wish === "stop") return false;
      if (wish === "prune" && this.startAskedSearch()) return true;
      const start = this.ports.now();
      const batches = await this.source.batches(this.progress.loop.epoch, this.progress.step);
      this.addSeconds("data", start);
      // Still being made: whoever waits for the run is let in again.
      if (batches === undefined) continue;
      this.step(batches, stepsPerEpoch);
      if (this.isIntervalOver() && this.endInterval(stepsPerEpoch)) return true;
    }
    const isDue = isMetricDue(this.progress.loop, this.rules, this.metricInterval);
    const validation = isDue ? this.validate() : this.validateLoss();
    const { loop, lossSum, epochSeconds } = this.progress;
    const layers = this.state.summaries();
    this.ports.emit({
      type: "epoch",
      phase: loop.phase,
      epoch: loop.epoch + 1,
      epochsPlanned: plannedEpochs(this.rules),
      learningRate: this.learningRate(1),
      ...this.strengths(stepsPerEpoch),
      loss: lossSum / data.train.count,
      validation,
      sparsity: sparsityOf(layers),
      remaining: layers.map((layer) => layer.remaining),
      unitsAlive: layers.map((layer) => layer.unitsAlive ?? null),
      seconds: this.progress.seconds,
      steps: this.progress.steps,
      spent: this.progress.spent,
    });
    this.ports.emit(describeSpread(loop.epoch + 1, this.state.weights(), this.irrelevance));
    this.irrelevance = new Map();
    this.progress = { ...this.progress, step: 0, lossSum: 0, epochSeconds: 0 };
    this.tell({ of: "epoch", validation, seconds: epochSeconds });
    return true;
  }

  private validate(): Score {
    const start = this.ports.now();
    const score = this.state.score(this.input.data.validation);
    this.addSeconds("evaluate", start);
    return score;
  }

  /** Without the metric. */
  private validateLoss(): TrialScore {
    const start = this.ports.now();
    const score = this.state.scoreMasked(this.input.data.validation, new Map());
    this.addSeconds("evaluate", start);
    return score;
  }

  /** Epochs; 1 where the metric is no more work than the loss. */
  private get metricInterval(): number {
    return isTextMetric(this.input.network.metric) ? this.input.settings.generation.every : 1;
  }

  private isIntervalOver(): boolean {
    const { intervalSteps } = this.rules.pruning;
    const { loop, stageSteps } = this.progress;
    return intervalSteps !== undefined && loop.phase === "recover" && stageSteps % intervalSteps === 0;
  }

  /** @returns whether there is something else to do than training; the epoch's other steps come after it */
  private endInterval(stepsPerEpoch: number): boolean {
    const within = this.progress.step / stepsPerEpoch;
    this.tell({ of: "interval", validation: this.validate(), within });
    return this.progress.loop.todo.do !== "epoch";
  }

  /** Of the step that has just been done, or is about to be. */
  private strength(stepsPerEpoch: number, stageSteps: number): number | null {
    return strengthOf(this.progress.loop.phase, this.rules, stageSteps / stepsPerEpoch);
  }

  /** @param within part of the epoch that is over, 0..1 */
  private learningRate(within: number): number {
    const { loop, plateau } = this.progress;
    const progress = phaseProgress(loop, this.rules, within);
    return learningRateAt(this.input.settings.optimizer, loop.phase, progress, plateau.drops);
  }

  /** λ and γ as the epoch's last step used them. */
  private strengths(stepsPerEpoch: number): { readonly lambda: number; readonly gamma: number } {
    const strength = this.strength(stepsPerEpoch, Math.max(0, this.progress.stageSteps - 1)) ?? 0;
    return this.rules.pruning.coupling === "optimizer"
      ? { lambda: 0, gamma: strength }
      : { lambda: strength, gamma: 0 };
  }

  /** @returns whether there is a search to do now; the epoch's other steps come after it */
  private startAskedSearch(): boolean {
    if (this.progress.loop.phase !== "recover") {
      this.refusePruning();
      return false;
    }
    this.tell({ of: "request", validation: this.validate() });
    return this.progress.loop.todo.do !== "epoch";
  }

  private refusePruning(): void {
    this.ports.emit({ type: "warning", message: `Not pruned now: ${whyNotPruned(this.progress.loop.phase)}.` });
  }

  private step(batches: readonly Batch[], stepsPerEpoch: number): void {
    const { settings } = this.input;
    const { loop, step, stageSteps, steps, lossSum } = this.progress;
    const strength = this.strength(stepsPerEpoch, stageSteps);
    const trained = this.ports.now();
    const request = {
      batches,
      learningRate: this.learningRate(step / stepsPerEpoch),
      strength,
      seed: [settings.seed, "step", loop.epoch, step],
    };
    let loss: number;
    if (step + 1 === stepsPerEpoch && strength !== null) {
      ({ loss, irrelevance: this.irrelevance } = this.state.trainObserved(request));
    } else {
      loss = this.state.train(request);
    }
    for (const batch of batches) batch.dispose();
    this.addSeconds("train", trained);
    if (!Number.isFinite(loss)) throw divergedAt(loss, loop.epoch, step, settings.optimizer.learningRate);
    this.progress = {
      ...this.progress,
      step: step + 1,
      steps: steps + 1,
      stageSteps: stageSteps + 1,
      lossSum: lossSum + loss * batches.reduce((sum, { count }) => sum + count, 0),
    };
    const now = this.ports.now();
    if (now - this.lastStepEvent < STEP_EVENT_MS) return;
    this.lastStepEvent = now;
    this.ports.emit({ type: "step", phase: loop.phase, epoch: loop.epoch + 1, step: step + 1, stepsPerEpoch, loss });
  }

  private probe(fraction: number): void {
    const start = this.ports.now();
    const { threshold, sparsity, masks } = this.state.probe(fraction);
    const validation = this.state.scoreMasked(this.input.data.validation, masks);
    this.addSeconds("search", start);
    this.tell({ of: "probe", threshold, sparsity, validation });
  }

  private prune(fraction: number): void {
    const { epoch } = this.progress.loop;
    const start = this.ports.now();
    const { threshold, pruned, isSmaller } = this.state.prune(fraction);
    const layers = this.state.summaries();
    const split = this.input.data.validation;
    const validation = this.metricInterval === 1 ? this.state.score(split) : this.state.scoreMasked(split, new Map());
    const sparsity = sparsityOf(layers);
    this.addSeconds("search", start);
    this.ports.emit({ type: "prune", epoch, threshold, pruned, sparsity, validation, layers });
    if (isSmaller) this.tellSize();
    this.tell({ of: "prune", pruned, sparsity, validation });
  }

  private tellSize(): void {
    this.ports.emit({ type: "compacted", epoch: this.progress.loop.epoch, weights: this.state.sizes });
  }

  /** Hands an outcome to the state machine and carries out what follows. */
  private tell(outcome: Outcome): void {
    const { state, effects } = advance(this.progress.loop, this.rules, outcome);
    const phaseBefore = this.progress.loop.phase;
    const isNewStage = outcome.of === "prune" || (phaseBefore === "train" && state.phase === "recover");
    const loss = outcome.of === "epoch" ? outcome.validation.loss : undefined;
    const { patience } = this.input.settings.optimizer;
    const plateau = state.phaseEpoch === 0 ? NO_PLATEAU : followPlateau(this.progress.plateau, loss, patience);
    this.progress = { ...this.progress, loop: state, plateau, ...(isNewStage ? { stageSteps: 0 } : {}) };
    if (state.todo.do !== "probe") this.state.forgetRanking();
    for (const effect of effects) this.apply(effect, outcome);
    // The best of a stage that is over is not gone back to: of a large model it is a third of all there is to keep.
    if (state.stage === null) this.state.forget("stage");
    if (state.phase !== phaseBefore && state.phase !== "search") this.checkpoint();
  }

  private apply(effect: Effect, outcome: Outcome): void {
    switch (effect.effect) {
      case "save":
        this.state.save(effect.slot);
        return;
      case "restore":
        if (this.state.restore(effect.slot)) this.tellSize();
        return;
      case "resetOptimizer":
        this.state.resetOptimizer();
        return;
      case "reference":
        this.ports.emit({ type: "reference", validation: effect.validation });
        // For the report at the end only: no decision sees it.
        this.progress = { ...this.progress, referenceTest: this.state.score(this.input.data.test) };
        this.dense = this.input.judge?.();
        this.ports.keepDense?.(this.state.packWeights());
        return;
      case "phase":
        this.ports.emit({ type: "phase", phase: effect.phase, reason: effect.reason });
        return;
      case "probed":
        if (outcome.of !== "probe") throw new Error("a probe's verdict without a probe");
        this.ports.emit({
          type: "probe",
          threshold: outcome.threshold,
          sparsity: outcome.sparsity,
          validation: outcome.validation,
          accepted: effect.accepted,
          limit: effect.limit,
        });
        return;
    }
  }

  private async breathe(): Promise<"go on" | "stop" | "prune"> {
    const now = this.ports.now();
    if (now - this.lastCheckpoint >= checkpointPause(this.checkpointCost)) this.checkpoint();
    if (now - this.lastBreath < YIELD_AFTER_MS) return "go on";
    const answer = await this.ports.breathe((kind) => this.checkpoint(kind));
    this.lastBreath = this.ports.now();
    if (answer === "stop") this.checkpoint();
    return answer;
  }

  private end(status: "done" | "stopped"): LoopEnd {
    const { data, settings } = this.input;
    const { loop, referenceTest, seconds } = this.progress;
    this.state.bringUpToDate();
    const pruned = this.dense && this.input.judge?.();
    const layers = this.state.summaries();
    const validation = this.state.score(data.validation);
    const test = this.state.score(data.test);
    return {
      status,
      seed: settings.seed,
      seconds,
      epochs: loop.epoch,
      steps: this.progress.steps,
      spent: this.progress.spent,
      sparsity: sparsityOf(layers),
      params: this.state.countParameters(),
      layers,
      // Stopped within dense training: the model as it stands is all the reference there is.
      reference: loop.reference ?? validation,
      validation,
      test,
      referenceTest: referenceTest ?? test,
      ...(this.dense && pruned
        ? {
            predictions: comparePredictions(data, this.dense, pruned, this.state.tables()),
            testTexts: testTextsOf(data, this.dense, pruned),
          }
        : {}),
    };
  }

  private addSeconds(to: keyof Spent, start: number): void {
    this.progress = withSeconds(this.progress, to, (this.ports.now() - start) / 1000);
  }

  private checkpoint(kind: CheckpointKind = "latest"): void {
    const start = this.ports.now();
    const tensors = new Map([...this.state.pack(), ...packJudgement(this.dense)]);
    this.ports.save({ ...this.progress, updates: this.state.updates }, tensors, kind);
    this.addSeconds("checkpoint", start);
    if (kind === "kept") return;
    this.lastCheckpoint = this.ports.now();
    this.checkpointCost = this.lastCheckpoint - start;
  }

  private load({ state, tensors }: Checkpoint): void {
    this.progress = progressSchema.parse(state);
    this.state.unpack(tensors, this.progress.updates);
    this.dense = unpackJudgement(tensors);
  }
}
