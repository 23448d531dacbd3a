/** Shows a run while it happens: a picture that is redrawn on a terminal, lines in a pipe, nothing where neither fits. */
import { createLogUpdate } from "log-update";
import type { RunEvent } from "../protocol/events.ts";
import { drawFrame } from "./frame.ts";
import { describeEvent } from "./plainLines.ts";
import { advance, NO_PROGRESS, type Progress } from "./progress.ts";
import { createStyle } from "./style.ts";

export interface Display {
  /** Events that happened before: they count, and are not shown. */
  catchUp(events: readonly RunEvent[]): void;
  show(events: readonly RunEvent[]): void;
  /** A remark beside the events. */
  note(line: string): void;
  /** Leaves the last picture standing. Safe to call twice. */
  end(): void;
}

/** With --json, standard output is left alone, and progress is only worth showing to somebody who watches. */
export function createDisplay(options: { readonly json: boolean }): Display {
  if (!options.json) {
    return process.stdout.isTTY ? createPicture(process.stdout) : createLines(process.stdout);
  }
  return process.stderr.isTTY ? createPicture(process.stderr) : NO_DISPLAY;
}

const NO_DISPLAY: Display = {
  catchUp: () => undefined,
  show: () => undefined,
  note: () => undefined,
  end: () => undefined,
};

/** Most redraws: ten a second. */
const FRAME_MS = 100;

function createPicture(stream: NodeJS.WriteStream): Display {
  const style = createStyle(stream);
  const update = createLogUpdate(stream);
  let progress: Progress = NO_PROGRESS;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    update(drawFrame(progress, style, stream.rows));
  };
  const drawSoon = (): void => {
    timer ??= setTimeout(draw, FRAME_MS);
  };
  const stand = (line: string): void => {
    update.clear();
    stream.write(`${line}\n`);
    drawSoon();
  };
  return {
    catchUp(events) {
      progress = events.reduce(advance, progress);
    },
    show(events) {
      for (const event of events) {
        const line = standsAbove(event) ? describeEvent(event, progress) : undefined;
        if (line !== undefined) {
          stand(line);
        }
        progress = advance(progress, event);
      }
      drawSoon();
    },
    note: stand,
    end() {
      if (timer !== undefined) {
        clearTimeout(timer);
        draw();
      }
      update.done();
    },
  };
}

/** Milestones stay on the screen above the picture. */
function standsAbove(event: RunEvent): boolean {
  return ["engine", "execution", "model", "reference", "prune", "compacted", "warning", "resumed"].includes(event.type);
}

function createLines(stream: NodeJS.WriteStream): Display {
  let progress: Progress = NO_PROGRESS;
  return {
    catchUp(events) {
      progress = events.reduce(advance, progress);
    },
    show(events) {
      for (const event of events) {
        const line = describeEvent(event, progress);
        // The error and the result are told at the end, in full.
        if (line !== undefined && event.type !== "failed" && event.type !== "result") {
          stream.write(`${line}\n`);
        }
        progress = advance(progress, event);
      }
    },
    note: (line) => void stream.write(`${line}\n`),
    end: () => undefined,
  };
}
