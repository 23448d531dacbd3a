/** Keeps the comparison of some runs up to date while they are shown. */
import { existsSync } from "node:fs";
import type * as vscode from "vscode";
import type { Comparison, RunCurve } from "../../protocol/comparison.ts";
import { messageOf } from "../../protocol/errors.ts";
import { type CompareInput, compareRuns, loadCompareInput } from "../../runs/compare/compare.ts";
import type { Run } from "../../runs/files/layout.ts";
import { isLive } from "../runs/runSummary.ts";
import type { RunWatch } from "../runs/runWatch.ts";

export interface CompareFeedParts {
  readonly runs: RunWatch;
  readonly log: vscode.LogOutputChannel;
  /** `curves` are those that have changed since the last call. */
  onComparison(comparison: Comparison, curves: readonly RunCurve[]): void;
  onNote(message: string): void;
}

/** The watch tells when something may have changed; logs of runs that have ended are read once. */
export class CompareFeed implements vscode.Disposable {
  readonly #parts: CompareFeedParts;
  /** By run folder, in the order in which they are shown. */
  readonly #inputs = new Map<string, CompareInput | { readonly run: Run }>();
  readonly #subscription: vscode.Disposable;
  #comparison: Comparison | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  #isDisposed = false;

  constructor(runs: readonly Run[], parts: CompareFeedParts) {
    this.#parts = parts;
    for (const run of runs) {
      this.#inputs.set(run.dir, { run });
    }
    this.#subscription = parts.runs.onDidChange(() => void this.refresh());
  }

  /** As it was told last. */
  get comparison(): Comparison | undefined {
    return this.#comparison;
  }

  inputOf(id: string): CompareInput | undefined {
    return this.#loaded().find((input) => input.run.id === id);
  }

  /** For a panel that knows nothing yet. */
  async tellAll(): Promise<void> {
    await this.refresh();
    if (!this.#isDisposed && this.#comparison !== undefined) {
      const curves = this.#loaded().map(({ run, trace }) => trace.curve(run.id));
      this.#parts.onComparison(this.#comparison, curves);
    }
  }

  /** What has changed is read and told. One reading at a time, and one more after a change that came during it. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#refreshUntilStill().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
  }

  #loaded(): readonly CompareInput[] {
    return [...this.#inputs.values()].filter((input) => "trace" in input);
  }

  async #refreshUntilStill(): Promise<void> {
    while (this.#again && !this.#isDisposed) {
      this.#again = false;
      await this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    const before = this.#inputs.size;
    const curves: RunCurve[] = [];
    // One after the other: parsing takes turns with the rest of the editor, and several at once would take them together.
    for (const input of [...this.#inputs.values()]) {
      const fresh = await this.#refreshRun(input);
      if (fresh !== undefined) {
        curves.push(fresh.trace.curve(fresh.run.id));
      }
    }
    const inputs = this.#loaded();
    const isSame = curves.length === 0 && this.#inputs.size === before && this.#comparison !== undefined;
    if (!this.#isDisposed && inputs.length > 0 && !isSame) {
      this.#comparison = compareRuns(inputs);
      this.#parts.onComparison(this.#comparison, curves);
    }
  }

  /** @returns the run if anything that is compared has changed */
  async #refreshRun(input: CompareInput | { readonly run: Run }): Promise<CompareInput | undefined> {
    const { run } = input;
    try {
      const fresh = await this.#read(input);
      if (fresh !== undefined && this.#inputs.has(run.dir)) {
        this.#inputs.set(run.dir, fresh);
      }
      return fresh;
    } catch (error) {
      const message = messageOf(error);
      this.#parts.log.error(`Run ${run.id} cannot be compared: ${message}`);
      this.#parts.onNote(message);
      this.#inputs.delete(run.dir);
      return undefined;
    }
  }

  async #read(input: CompareInput | { readonly run: Run }): Promise<CompareInput | undefined> {
    if (!("trace" in input)) {
      return loadCompareInput(input.run);
    }
    const { run, trace } = input;
    const watched = this.#parts.runs.get(run.dir);
    if (watched === undefined) {
      // Not of this window, or just deleted, which reading it tells.
      return existsSync(run.dir) ? undefined : loadCompareInput(run);
    }
    const { record, state, name } = watched;
    const isSame = record.updatedAt === input.record.updatedAt && state === input.state && name === input.name;
    const hasNews = isLive(state) || !isSame ? await trace.update(run) : false;
    return isSame && !hasNews ? undefined : { run, record, state, name, trace };
  }
}
