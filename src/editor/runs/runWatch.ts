/** The runs of this window: what state they are in and how far they are, which was shown last for a model. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { TrainingController } from "../../controller/controller.ts";
import { messageOf } from "../../protocol/errors.ts";
import { LIVE_STATES, NO_MARKS } from "../../protocol/run.ts";
import type { Run } from "../../runs/files/layout.ts";
import { readEvents } from "../../runs/log/eventLog.ts";
import { type MarksChange, updateMarks } from "../../runs/record/marks.ts";
import { RecordCache } from "../../runs/record/recordCache.ts";
import { listRuns, type ReadableRun, type RunStatus } from "../../runs/record/store.ts";
import type { Memory } from "../base/memory.ts";
import { foldDetails, NO_DETAILS, type RunDetails } from "./runDetails.ts";
import { advance, isLive, NOT_BEGUN, type Progress } from "./runSummary.ts";

/**
 * `layers` and `history` are there for runs that were followed and, a moment after `selectedOf` gave them, for selected
 * ones; of others only the layers of their result.
 */
export interface WatchedRun extends ReadableRun, RunDetails {
  readonly progress: Progress;
}

export interface UnreadableRun {
  readonly run: Run;
  readonly problem: string;
}

interface Following {
  readonly abort: AbortController;
  /** Resolves with the first news of the run, or when there will be none. */
  readonly known: Promise<void>;
}

/** Listeners draw; more often than this nobody reads. Milliseconds. */
const LEAST_PAUSE_MS = 250;
export class RunWatch implements vscode.Disposable {
  readonly #controller: TrainingController;
  readonly #log: vscode.LogOutputChannel;
  readonly #memory: Memory;
  /** By run folder, as are those below. */
  readonly #runs = new Map<string, WatchedRun>();
  readonly #unreadable = new Map<string, UnreadableRun>();
  readonly #followed = new Map<string, Following>();
  readonly #detailed = new Set<string>();
  /** By runs folder. */
  readonly #caches = new Map<string, RecordCache>();
  readonly #loads = new Map<string, { again: boolean; readonly done: Promise<void> }>();
  /** Definition → run folder. */
  readonly #selected: Map<string, string>;
  readonly #changed = new vscode.EventEmitter<void>();
  #sorted: readonly WatchedRun[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Fires after a change of any run, at most four times a second, and always once more after the last change. */
  readonly onDidChange = this.#changed.event;

  constructor(controller: TrainingController, log: vscode.LogOutputChannel, memory: Memory) {
    this.#controller = controller;
    this.#log = log;
    this.#memory = memory;
    this.#selected = new Map(Object.entries(memory.get("selectedRuns") ?? {}));
  }

  /**
   * Takes up what the folder holds now, and follows what is being trained. Calls while it reads lead to one more reading.
   * @throws WhittleError when the folder cannot be read
   */
  load(runsDir: string): Promise<void> {
    const busy = this.#loads.get(runsDir);
    if (busy !== undefined) {
      busy.again = true;
      return busy.done;
    }
    const load = { again: false, done: Promise.resolve() };
    load.done = this.#loadUntilStill(runsDir, load).finally(() => this.#loads.delete(runsDir));
    this.#loads.set(runsDir, load);
    return load.done;
  }

  /** Lets go of the runs in a folder. */
  unload(runsDir: string): void {
    this.#caches.delete(runsDir);
    for (const dir of [...this.#runs.keys(), ...this.#unreadable.keys()]) {
      if (dirname(dir) === runsDir) {
        this.#forget(dir);
      }
    }
  }

  /**
   * Follows a run until it has ended. One that was not known, as it has just been started, becomes the selected one.
   * Resolves as soon as its state is known.
   */
  follow(run: Run): Promise<void> {
    const followed = this.#followed.get(run.dir);
    if (followed !== undefined) {
      return followed.known;
    }
    const abort = new AbortController();
    const known = new Promise<void>((resolve) => {
      let progress = NOT_BEGUN;
      let details = NO_DETAILS;
      this.#controller
        .follow(
          run,
          (update) => {
            if (update.type === "gone") {
              this.#forget(run.dir);
              return;
            }
            progress = advance(progress, update.events);
            details = foldDetails(details, update.events);
            this.#takeNews(run, update, { progress, ...details });
            resolve();
            if (!LIVE_STATES.has(update.state)) {
              abort.abort();
            }
          },
          abort.signal,
        )
        .catch((error: unknown) => this.#setUnreadable({ run, problem: messageOf(error) }))
        .finally(() => {
          this.#followed.delete(run.dir);
          resolve();
        });
    });
    this.#followed.set(run.dir, { abort, known });
    return known;
  }

  /** Being trained, or queued. */
  live(): readonly WatchedRun[] {
    return this.all().filter((watched) => isLive(watched.state));
  }

  /** Newest first. */
  all(): readonly WatchedRun[] {
    this.#sorted ??= [...this.#runs.values()].sort((a, b) => (a.run.id < b.run.id ? 1 : -1));
    return this.#sorted;
  }

  /** Runs whose record or log is damaged. */
  unreadable(): readonly UnreadableRun[] {
    return [...this.#unreadable.values()];
  }

  get(dir: string): WatchedRun | undefined {
    return this.#runs.get(dir);
  }

  /** Newest first. */
  of(modelFile: string, exportName: string): readonly WatchedRun[] {
    return this.all().filter(
      ({ record }) => record.plan.modelFile === modelFile && record.plan.exportName === exportName,
    );
  }

  /** The run that was shown or selected last for this definition, else its newest. Its details follow a moment later. */
  selectedOf(modelFile: string, exportName: string): WatchedRun | undefined {
    const dir = this.#selected.get(definitionKey(modelFile, exportName));
    const chosen = dir === undefined ? undefined : this.#runs.get(dir);
    const selected = chosen ?? this.of(modelFile, exportName)[0];
    if (selected !== undefined && !this.#detailed.has(selected.run.dir)) {
      void this.#loadDetails(selected.run);
    }
    return selected;
  }

  select(run: Run): void {
    const watched = this.#runs.get(run.dir);
    if (watched === undefined) {
      return;
    }
    const { modelFile, exportName } = watched.record.plan;
    const key = definitionKey(modelFile, exportName);
    if (this.#selected.get(key) !== run.dir) {
      this.#selected.set(key, run.dir);
      this.#memory.set("selectedRuns", Object.fromEntries(this.#selected));
      this.#announce();
    }
  }

  /** Writes the marks of a run and shows them at once. */
  async mark(run: Run, change: MarksChange): Promise<void> {
    const marks = await updateMarks(run, change);
    const watched = this.#runs.get(run.dir);
    if (watched !== undefined) {
      this.#set({ ...watched, marks, name: marks.name ?? watched.record.name });
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const { abort } of this.#followed.values()) {
      abort.abort();
    }
    this.#changed.dispose();
  }

  async #loadUntilStill(runsDir: string, load: { again: boolean }): Promise<void> {
    const cache = this.#caches.get(runsDir) ?? new RecordCache();
    this.#caches.set(runsDir, cache);
    do {
      load.again = false;
      const overviews = await listRuns(runsDir, cache);
      for (const overview of overviews) {
        if ("problem" in overview) {
          this.#setUnreadable(overview);
        } else {
          this.#take(overview);
        }
      }
      const there = new Set(overviews.map(({ run }) => run.dir));
      for (const dir of [...this.#runs.keys(), ...this.#unreadable.keys()]) {
        if (dirname(dir) === runsDir && !there.has(dir)) {
          this.#forget(dir);
        }
      }
    } while (load.again);
  }

  #take(overview: ReadableRun): void {
    const { run, record, marks, name, marksProblem } = overview;
    const before = this.#runs.get(run.dir);
    if (marksProblem !== undefined && before === undefined) {
      this.#log.warn(`The marks of run ${run.id} cannot be read: ${marksProblem}`);
    }
    if (this.#followed.has(run.dir) && before !== undefined) {
      // Its record and state come from the following, which is ahead of this list.
      if (before.marks !== marks) {
        this.#set({ ...before, marks, name });
      }
      return;
    }
    if (before?.state === "interrupted" && before.record.updatedAt === record.updatedAt && waitsForProcess(overview)) {
      // Its process ended before it wrote a word; the list cannot know that.
      return;
    }
    const isSame = before?.record === record && before.state === overview.state && before.marks === marks;
    if (!isSame) {
      const layers = record.result?.layers ?? before?.layers ?? [];
      this.#set({ ...overview, layers, history: before?.history ?? [], progress: before?.progress ?? NOT_BEGUN });
    }
    if (LIVE_STATES.has(overview.state)) {
      void this.follow(run);
    }
  }

  #takeNews(run: Run, { record, state }: RunStatus, news: RunDetails & { readonly progress: Progress }): void {
    const before = this.#runs.get(run.dir);
    const marks = before?.marks ?? NO_MARKS;
    this.#detailed.add(run.dir);
    this.#set({ run, record, state, marks, name: marks.name ?? record.name, ...news });
    if (before === undefined) {
      this.select(run);
    }
  }

  /** Reads the log of a run that has ended. */
  async #loadDetails(run: Run): Promise<void> {
    this.#detailed.add(run.dir);
    try {
      const events = await readEvents(run);
      const watched = this.#runs.get(run.dir);
      if (watched !== undefined && !this.#followed.has(run.dir)) {
        this.#set({ ...watched, ...foldDetails(NO_DETAILS, events), progress: advance(NOT_BEGUN, events) });
      }
    } catch (error) {
      this.#log.error(`The log of run ${run.id} cannot be read: ${messageOf(error)}`);
    }
  }

  #set(watched: WatchedRun): void {
    this.#unreadable.delete(watched.run.dir);
    this.#runs.set(watched.run.dir, watched);
    this.#announce();
  }

  #setUnreadable(unreadable: UnreadableRun): void {
    const { run, problem } = unreadable;
    if (this.#unreadable.get(run.dir)?.problem !== problem) {
      this.#log.error(`Run ${run.id} cannot be read: ${problem}`);
      this.#runs.delete(run.dir);
      this.#unreadable.set(run.dir, unreadable);
      this.#announce();
    }
  }

  #forget(dir: string): void {
    this.#followed.get(dir)?.abort.abort();
    this.#runs.delete(dir);
    this.#unreadable.delete(dir);
    this.#detailed.delete(dir);
    this.#announce();
  }

  #announce(): void {
    this.#sorted = undefined;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, LEAST_PAUSE_MS);
  }
}

function waitsForProcess({ state }: ReadableRun): boolean {
  return state === "starting" || state === "queued";
}

/** A definition in a word: the file and the export. */
function definitionKey(modelFile: string, exportName: string): string {
  return `${modelFile}#${exportName}`;
}
