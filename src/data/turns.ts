/** Milliseconds of work between two turns of others. */
const TURN_MS = 50;

/** What is computed without waiting would let nobody else have a turn: who wants to stop the run, for one. */
export class Turns {
  private last = performance.now();

  /** To be called often: waits only where it is time to. */
  async give(): Promise<void> {
    if (performance.now() - this.last <= TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.last = performance.now();
  }
}
