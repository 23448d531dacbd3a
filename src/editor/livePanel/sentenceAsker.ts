/** Sentences that the user of a panel tries: one process for all that come soon after each other. No editor in here. */
import type { Writing } from "../../controller/writing.ts";
import type { WrittenText } from "../../protocol/writing.ts";

/** The models take memory as long as the process lives, and seconds to open again. Milliseconds. */
const IDLE_MS = 5 * 60_000;

export class SentenceAsker {
  readonly #open: () => Writing;
  readonly #idleMs: number;
  #writing: Writing | undefined;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param open starts the process */
  constructor(open: () => Writing, idleMs = IDLE_MS) {
    this.#open = open;
    this.#idleMs = idleMs;
  }

  /** @throws WhittleError as the process says, or when it is ended meanwhile */
  async ask(text: string): Promise<WrittenText> {
    clearTimeout(this.#timer);
    if (this.#writing?.isOpen !== true) {
      this.#writing = this.#open();
    }
    this.#waiting += 1;
    try {
      const [written] = await this.#writing.ask([text]);
      if (written === undefined) {
        throw new Error("a text was asked about, and nothing was answered");
      }
      return written;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && this.#writing !== undefined) {
        this.#timer = setTimeout(() => this.end(), this.#idleMs);
      }
    }
  }

  /** Ends the process; the next question starts another one. */
  end(): void {
    clearTimeout(this.#timer);
    this.#writing?.close();
    this.#writing = undefined;
  }
}
