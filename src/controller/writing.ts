/** Questions to the models of a run that write, in one training process for all of them. */
import { messageOf, WhittleError } from "../protocol/errors.ts";
import { type WritingJob, type WritingQuestion, type WrittenText, writingMessageSchema } from "../protocol/writing.ts";
import { type AskOptions, asError, startAsked } from "./askedProcess.ts";

export interface Writing {
  /** @throws WhittleError as the process says why it has no models; or that it ended, and what it printed */
  readonly opened: Promise<void>;
  /** Whether it has not ended. */
  readonly isOpen: boolean;
  /**
   * @param texts see `writingQuestionSchema`
   * @returns one for each
   * @throws WhittleError as the process says, or as `opened` does
   */
  ask(texts: readonly string[]): Promise<readonly WrittenText[]>;
  /** Ends the process at once, even in the middle of an answer: it writes no files. */
  close(): void;
}

interface Asker<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

export function openWriting(job: WritingJob, options: AskOptions): Writing {
  const { child, ended } = startAsked(["--write", JSON.stringify(job)], options);
  const askers = new Map<number, Asker<readonly WrittenText[]>>();
  let opener: Asker<void> | undefined;
  const opened = new Promise<void>((resolve, reject) => {
    opener = { resolve, reject };
  });
  // Whoever asks hears of it as well.
  opened.catch(() => undefined);
  let asked = 0;
  /** Why there are no more answers. */
  let end: Error | undefined;
  const finish = (reason: Error): void => {
    end ??= reason;
    opener?.reject(end);
    for (const { reject } of askers.values()) reject(end);
    askers.clear();
    child.kill();
  };
  const hear = (message: unknown): void => {
    const said = writingMessageSchema.parse(message);
    if ("note" in said) {
      options.onNote(said.note);
    } else if ("ready" in said) {
      opener?.resolve();
    } else if ("id" in said) {
      const asker = askers.get(said.id);
      askers.delete(said.id);
      if ("written" in said) asker?.resolve(said.written);
      else asker?.reject(asError(said.error));
    } else {
      finish(asError(said.error));
    }
  };
  child.on("message", (message) => {
    try {
      hear(message);
    } catch (error) {
      // The model file's code is in there too, and may say anything.
      const problem = `The training process says what is no answer: ${messageOf(error)}`;
      finish(new WhittleError(problem, { remedy: "Look whether the model file sends messages by itself." }));
    }
  });
  void ended.then(finish);
  return {
    opened,
    get isOpen() {
      return end === undefined;
    },
    ask(texts) {
      if (end !== undefined) return Promise.reject(end);
      const question: WritingQuestion = { id: asked++, texts: [...texts] };
      return new Promise((resolve, reject) => {
        askers.set(question.id, { resolve, reject });
        // Where it cannot be sent, the process is about to end, which is told.
        child.send(question, () => undefined);
      });
    },
    close: () => finish(new WhittleError("The question was taken back.", { remedy: "Ask again." })),
  };
}
