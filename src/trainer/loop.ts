/**
 * Trains and prunes: carries out what the state machine of `pruning/loop.ts` asks for and tells it what came of it. Knows
 * no process, file or socket (see `Ports`), so tests and the extension host can drive it.
 *
 * Everything that a step depends on is in the checkpoint, and randomness is a function of (seed, epoch or step): a run
 * that goes on from a checkpoint computes the same bits as one that never stopped.
 */
import { createRandom, permutation } from "../data/random.ts";
import { WhittleError } from "../protocol/errors.ts";
import { type LayerSummary, NOTHING_SPENT, type Score, type Spent } from "../protocol/run.ts";
import { learningRateAt } from "../pruning/learningRate.ts";
import { advance, phaseProgress, plannedEpochs, strengthOf } from "../pruning/loop.ts";
import { type Effect, type LoopRules, type Outcome, type Slot, startLoop } from "../pruning/loopState.ts";
import {
  type MaskedWeights,
  pruneLowest,
  type Ranking,
  rankWeights,
  sparsityOf,
  summarizeLayers,
} from "../pruning/masks.ts";
import { followPlateau, NO_PLATEAU } from "../pruning/plateau.ts";
import { createUpdate, type Update } from "../pruning/update.ts";
import type { Checkpoint } from "../runs/checkpoint/checkpoint.ts";
import { checkpointPause } from "./checkpointPace.ts";
import type { CheckpointKind, LoopEnd, LoopInput, Ports } from "./ports.ts";
import { type Progress, progressSchema } from "./progress.ts";
import { describeSpread, whyNotPruned } from "./reports.ts";
import {
  assignWeights,
  maskedWeights,
  packTensors,
  type Snapshot,
  takeSnapshot,
  unpackSlot,
  unpackTensors,
} from "./snapshot.ts";
import { createTrainingStep, type TrainingStep } from "./trainingStep.ts";

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
  private readonly update: Update;
  private readonly trainingStep: TrainingStep;
  private readonly masks: Map<string, Float32Array>;
  private readonly slots = new Map<Slot, Snapshot>();
  private progress: Progress;
  /** Order of the current epoch, made on demand. */
  private order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;
  /** Surviving weights by score during a search. */
  private ranking: Ranking | undefined;
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
    const { tf, network, settings, resumeFrom } = input;
    const epochs = settings.initialModel === undefined ? settings.epochs : 0;
    this.rules = { epochs, pruning: settings.pruning, metric: network.metric };
    this.update = createUpdate(tf, network.parameters, settings);
    this.trainingStep = createTrainingStep(tf, network, this.update);
    const prunable = network.parameters.filter((parameter) => parameter.prunable);
    this.masks = new Map(prunable.map(({ name, variable }) => [name, new Float32Array(variable.size).fill(1)]));
    this.lastCheckpoint = this.lastBreath = ports.now();
    this.progress = {
      loop: startLoop(),
      step: 0,
      lossSum: 0,
      updates: 0,
      stageSteps: 0,
      plateau: NO_PLATEAU,
      seconds: 0,
      epochSeconds: 0,
      steps: 0,
      spent: NOTHING_SPENT,
      referenceTest: null,
    };
    if (resumeFrom !== undefined) this.load(resumeFrom);
  }

  async run(): Promise<LoopEnd> {
    if (this.input.resumeFrom === undefined) {
      const params = this.input.network.parameters.reduce((sum, { variable }) => sum + variable.size, 0);
      const { name: metric, better } = this.input.network.metric;
      this.ports.emit({ type: "model", layers: this.summaries(), params, metric, better });
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
    const { tf, network, data, initialWeights } = this.input;
    if (initialWeights === undefined) {
      this.ports.emit({ type: "phase", phase: "train", reason: "start" });
    } else {
      assignWeights(tf, network, initialWeights);
      this.tell({ of: "loaded", validation: network.evaluate(data, data.validation) });
    }
    this.checkpoint();
  }

  dispose(): void {
    this.update.dispose();
    this.trainingStep.dispose();
  }

  /**
   * Ends early for a search that the user asked for, and is called again after it.
   * @returns false when the run was stopped before the epoch's end
   */
  private async epoch(): Promise<boolean> {
    const { data, settings, network } = this.input;
    const stepsPerEpoch = Math.ceil(data.train.count / (settings.batchSize * settings.accumulate));
    while (this.progress.step < stepsPerEpoch) {
      const wish = await this.breathe();
      if (wish === "stop") return false;
      if (wish === "prune" && this.startAskedSearch()) return true;
      this.step(stepsPerEpoch);
      if (this.isIntervalOver() && this.endInterval(stepsPerEpoch)) return true;
    }
    const start = this.ports.now();
    const validation = network.evaluate(data, data.validation);
    this.addSeconds("evaluate", start);
    const { loop, lossSum, epochSeconds } = this.progress;
    const layers = this.summaries();
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
    this.ports.emit(describeSpread(loop.epoch + 1, maskedWeights(network, this.masks), this.irrelevance));
    this.irrelevance = new Map();
    this.progress = { ...this.progress, step: 0, lossSum: 0, epochSeconds: 0 };
    this.tell({ of: "epoch", validation, seconds: epochSeconds });
    return true;
  }

  private isIntervalOver(): boolean {
    const { intervalSteps } = this.rules.pruning;
    const { loop, stageSteps } = this.progress;
    return intervalSteps !== undefined && loop.phase === "recover" && stageSteps % intervalSteps === 0;
  }

  /** @returns whether there is something else to do than training; the epoch's other steps come after it */
  private endInterval(stepsPerEpoch: number): boolean {
    const { network, data } = this.input;
    const start = this.ports.now();
    const validation = network.evaluate(data, data.validation);
    this.addSeconds("evaluate", start);
    this.tell({ of: "interval", validation, within: this.progress.step / stepsPerEpoch });
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
    const { network, data } = this.input;
    if (this.progress.loop.phase !== "recover") {
      this.refusePruning();
      return false;
    }
    const start = this.ports.now();
    const validation = network.evaluate(data, data.validation);
    this.addSeconds("evaluate", start);
    this.tell({ of: "request", validation });
    return this.progress.loop.todo.do !== "epoch";
  }

  private refusePruning(): void {
    this.ports.emit({ type: "warning", message: `Not pruned now: ${whyNotPruned(this.progress.loop.phase)}.` });
  }

  private step(stepsPerEpoch: number): void {
    const { data, settings, network } = this.input;
    const { loop, step, stageSteps } = this.progress;
    const { batchSize, accumulate } = settings;
    const from = step * batchSize * accumulate;
    const to = Math.min(data.train.count, from + batchSize * accumulate);
    const strength = this.strength(stepsPerEpoch, stageSteps);
    const start = this.ports.now();
    const order = this.orderOf(loop.epoch);
    const batches = Array.from({ length: Math.ceil((to - from) / batchSize) }, (_, at) =>
      network.batch(data, order, from + at * batchSize, Math.min(to, from + (at + 1) * batchSize)),
    );
    this.addSeconds("data", start);
    const trained = this.ports.now();
    const request = {
      batches,
      learningRate: this.learningRate(step / stepsPerEpoch),
      strength,
      seed: [settings.seed, "step", loop.epoch, step],
    };
    let loss: number;
    if (step + 1 === stepsPerEpoch && strength !== null) {
      ({ loss, irrelevance: this.irrelevance } = this.trainingStep.runObserved(request));
    } else {
      loss = this.trainingStep.run(request);
    }
    for (const batch of batches) batch.dispose();
    this.addSeconds("train", trained);
    if (!Number.isFinite(loss)) {
      throw new WhittleError(`The loss became ${loss} in epoch ${loop.epoch + 1}, step ${step + 1}`, {
        remedy: `Lower optimizer.learningRate (it is ${settings.optimizer.learningRate}), or look for a division by zero or a logarithm of 0 in the model and loss.`,
      });
    }
    const lossSum = this.progress.lossSum + loss * (to - from);
    this.progress = {
      ...this.progress,
      step: step + 1,
      steps: this.progress.steps + 1,
      stageSteps: stageSteps + 1,
      lossSum,
    };
    const now = this.ports.now();
    if (now - this.lastStepEvent < STEP_EVENT_MS) return;
    this.lastStepEvent = now;
    this.ports.emit({ type: "step", phase: loop.phase, epoch: loop.epoch + 1, step: step + 1, stepsPerEpoch, loss });
  }

  private rank(layers: readonly MaskedWeights[]): Ranking {
    const importance = this.update.importance();
    const values = layers.map(({ name, mask }) => importance.get(name) ?? new Float32Array(mask.length));
    return rankWeights(layers, values, this.rules.pruning.threshold);
  }

  private probe(fraction: number): void {
    const { network, data } = this.input;
    const start = this.ports.now();
    const layers = maskedWeights(network, this.masks);
    this.ranking ??= this.rank(layers);
    const { threshold, masks } = pruneLowest(layers, this.ranking, fraction);
    const trial = new Map(layers.map(({ name, mask }, index) => [name, masks[index] ?? mask]));
    const validation = network.evaluate(data, data.validation, trial);
    const summaries = summarizeLayers(layers.map((layer, index) => ({ ...layer, mask: masks[index] ?? layer.mask })));
    this.addSeconds("search", start);
    this.tell({ of: "probe", threshold, sparsity: sparsityOf(summaries), validation });
  }

  private prune(fraction: number): void {
    const { network, data } = this.input;
    const start = this.ports.now();
    const layers = maskedWeights(network, this.masks);
    const before = this.summaries();
    const { threshold, masks } = pruneLowest(layers, this.rank(layers), fraction);
    for (const [index, mask] of masks.entries()) {
      const name = layers[index]?.name;
      if (name !== undefined) this.setMask(name, mask);
    }
    const after = this.summaries();
    const remaining = (summaries: readonly LayerSummary[]) =>
      summaries.reduce((sum, layer) => sum + layer.remaining, 0);
    const validation = network.evaluate(data, data.validation);
    const sparsity = sparsityOf(after);
    const pruned = remaining(before) - remaining(after);
    this.addSeconds("search", start);
    this.ports.emit({
      type: "prune",
      epoch: this.progress.loop.epoch,
      threshold,
      pruned,
      sparsity,
      validation,
      layers: after,
    });
    this.tell({ of: "prune", pruned, sparsity, validation });
  }

  /** Hands an outcome to the state machine and carries out what follows. */
  private tell(outcome: Outcome): void {
    const { state, effects } = advance(this.progress.loop, this.rules, outcome);
    const phaseBefore = this.progress.loop.phase;
    const isNewStage = outcome.of === "prune" || (phaseBefore === "train" && state.phase === "recover");
    const { patience } = this.input.settings.optimizer;
    const seen =
      outcome.of === "epoch"
        ? followPlateau(this.progress.plateau, outcome.validation.loss, patience)
        : this.progress.plateau;
    const plateau = state.phaseEpoch === 0 ? NO_PLATEAU : seen;
    this.progress = { ...this.progress, loop: state, plateau, ...(isNewStage ? { stageSteps: 0 } : {}) };
    if (state.todo.do !== "probe") this.ranking = undefined;
    for (const effect of effects) this.apply(effect, outcome);
    // The best of a stage that is over is not gone back to: of a large model it is a third of all there is to keep.
    if (state.stage === null) this.slots.delete("stage");
    if (state.phase !== phaseBefore && state.phase !== "search") this.checkpoint();
  }

  private apply(effect: Effect, outcome: Outcome): void {
    const { tf, network, data } = this.input;
    switch (effect.effect) {
      case "save":
        this.slots.set(effect.slot, takeSnapshot(network, this.masks));
        return;
      case "restore": {
        const snapshot = this.slots.get(effect.slot);
        if (snapshot === undefined) throw new Error(`nothing saved as ${effect.slot}`);
        assignWeights(tf, network, snapshot.weights);
        for (const [name, mask] of snapshot.masks) this.setMask(name, mask);
        return;
      }
      case "resetOptimizer":
        this.update.reset();
        return;
      case "reference":
        this.ports.emit({ type: "reference", validation: effect.validation });
        // For the report at the end only: no decision sees it.
        this.progress = { ...this.progress, referenceTest: network.evaluate(data, data.test) };
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
    const { network, data, settings } = this.input;
    const { loop, referenceTest, seconds } = this.progress;
    const layers = this.summaries();
    const total = network.parameters.reduce((sum, { variable }) => sum + variable.size, 0);
    const pruned = layers.reduce((sum, layer) => sum + layer.total - layer.remaining, 0);
    const validation = network.evaluate(data, data.validation);
    const test = network.evaluate(data, data.test);
    // Stopped within dense training: the model as it stands is all the reference there is.
    const reference: Score = loop.reference ?? validation;
    return {
      status,
      seed: settings.seed,
      seconds,
      epochs: loop.epoch,
      steps: this.progress.steps,
      spent: this.progress.spent,
      sparsity: sparsityOf(layers),
      params: { total, remaining: total - pruned },
      layers,
      reference,
      validation,
      test,
      referenceTest: referenceTest ?? test,
    };
  }

  private summaries(): LayerSummary[] {
    const prunable = this.input.network.parameters.filter((parameter) => parameter.prunable);
    return summarizeLayers(
      prunable.map(({ name, variable, role }) => {
        return { name, shape: variable.shape, mask: this.masks.get(name) ?? new Float32Array(0), role };
      }),
    );
  }

  private setMask(name: string, mask: Float32Array): void {
    this.masks.set(name, mask);
    this.update.setMask(name, mask);
  }

  private orderOf(epoch: number): Uint32Array {
    if (this.order?.epoch !== epoch) {
      const { data, settings } = this.input;
      this.order = { epoch, indices: permutation(data.train.count, createRandom(settings.seed, "shuffle", epoch)) };
    }
    return this.order.indices;
  }

  private addSeconds(to: keyof Spent, start: number): void {
    const seconds = (this.ports.now() - start) / 1000;
    const { progress } = this;
    const spent = { ...progress.spent, [to]: progress.spent[to] + seconds };
    this.progress =
      to === "checkpoint"
        ? { ...progress, spent }
        : { ...progress, spent, seconds: progress.seconds + seconds, epochSeconds: progress.epochSeconds + seconds };
  }

  private checkpoint(kind: CheckpointKind = "latest"): void {
    const { network } = this.input;
    const start = this.ports.now();
    this.ports.save(
      { ...this.progress, updates: this.update.steps },
      packTensors(network, this.update, this.masks, this.slots),
      kind,
    );
    this.addSeconds("checkpoint", start);
    if (kind === "kept") return;
    this.lastCheckpoint = this.ports.now();
    this.checkpointCost = this.lastCheckpoint - start;
  }

  private load(checkpoint: Checkpoint): void {
    const { tf, network } = this.input;
    this.progress = progressSchema.parse(checkpoint.state);
    const { tensors } = checkpoint;
    assignWeights(tf, network, unpackTensors(tensors, "weight"));
    for (const [name, values] of unpackTensors(tensors, "optimizer")) {
      const variable = this.update.state.get(name);
      if (variable === undefined)
        throw new Error(`the checkpoint has optimizer state ${name} that this run does not have`);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, "float32")));
    }
    this.update.steps = this.progress.updates;
    for (const [name, mask] of unpackTensors(tensors, "mask")) this.setMask(name, mask);
    for (const slot of ["stage", "best"] as const) {
      const snapshot = unpackSlot(tensors, slot, this.masks);
      if (snapshot !== undefined) this.slots.set(slot, snapshot);
    }
  }
}
