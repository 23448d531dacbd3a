/**
 * News for one who waits for silence before it asks, and may forget to. VS Code asks for lenses when 0.25 s have passed since it
 * was last told that they have changed, or seconds where the answers take longer; told more often, as of a run with short epochs,
 * it would never ask. Where the editor loses the focus meanwhile, as to the panel of a run that begins, it does not ask at all.
 * So it is told at once, then not again before it has asked and a pause is over, or it has not asked for long.
 */
export class SpacedNews {
  readonly #tell: () => void;
  readonly #pauseMs: number;
  readonly #leastPatienceMs: number;
  /** Grows and shrinks with how long it was waited for the last time. */
  #patienceMs: number;
  #toldAt = 0;
  /** Of the one who is told: knows the last change; was told of it and is to ask; has asked, and changes have to wait. */
  #state: "current" | "told" | "asked" = "current";
  #isBehind = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param pauseMs so long, from being asked, somebody else who was told may still wait
   * @param patienceMs the least time after which it is told again, then twice that, and so on up to 32 times: whoever shows
   *   nothing never asks
   */
  constructor(tell: () => void, pauseMs: number, patienceMs: number) {
    this.#tell = tell;
    this.#pauseMs = pauseMs;
    this.#leastPatienceMs = patienceMs;
    this.#patienceMs = patienceMs;
  }

  /** Something has changed. */
  change(): void {
    if (this.#state === "current") {
      this.#tellFor(this.#patienceMs);
    } else if (this.#state === "asked") {
      this.#isBehind = true;
    }
  }

  /** Somebody asks, and gets what is there now. */
  asked(): void {
    if (this.#state !== "told") {
      return;
    }
    this.#state = "asked";
    this.#patienceMs = Math.max(this.#leastPatienceMs, 2 * (performance.now() - this.#toldAt));
    this.#wait(this.#pauseMs, () => {
      const isBehind = this.#isBehind;
      this.#isBehind = false;
      this.#state = "current";
      if (isBehind) {
        this.change();
      }
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #tellFor(patienceMs: number): void {
    this.#state = "told";
    this.#toldAt = performance.now();
    this.#wait(patienceMs, () => {
      if (patienceMs > 32 * this.#leastPatienceMs) {
        this.#state = "current";
      } else {
        this.#tellFor(2 * patienceMs);
      }
    });
    this.#tell();
  }

  #wait(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
