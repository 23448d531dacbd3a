/** Sentences that the user of a panel tries: one process for all of them, from the first one on. No editor in here. */
import type { Writing } from "../../controller/writing.ts";
import type { WrittenText } from "../../protocol/writing.ts";

export class SentenceAsker {
  readonly #open: () => Writing;
  #writing: Writing | undefined;

  /** @param open starts the process */
  constructor(open: () => Writing) {
    this.#open = open;
  }

  /** @throws WhittleError as the process says, or when it is ended meanwhile */
  async ask(text: string): Promise<WrittenText> {
    if (this.#writing?.isOpen !== true) {
      this.#writing = this.#open();
    }
    const [written] = await this.#writing.ask([text]);
    if (written === undefined) {
      throw new Error("a text was asked about, and nothing was answered");
    }
    return written;
  }

  /** Ends the process; the next question starts another one. */
  end(): void {
    this.#writing?.close();
    this.#writing = undefined;
  }
}
