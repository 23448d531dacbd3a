/** Messages for a page that is still being loaded: what they tell is read while the browser is busy. */

/** A page that takes longer than so many messages is hidden; it gets everything anew when it is there. */
const MOST_KEPT = 20;

export interface EarlyMessages<T> {
  /** Keeps the message, or passes it on once the page is ready. */
  send(message: T): void;
  /** Passes on what was kept. @returns false when that would not be all there was, or the page was ready before */
  release(): boolean;
}

export function keepEarly<T>(pass: (message: T) => void): EarlyMessages<T> {
  let kept: T[] | undefined = [];
  return {
    send(message) {
      if (kept === undefined) {
        pass(message);
      } else if (kept.length <= MOST_KEPT) {
        kept.push(message);
      }
    },
    release() {
      const early = kept;
      kept = undefined;
      if (early === undefined || early.length > MOST_KEPT) {
        return false;
      }
      early.forEach(pass);
      return true;
    },
  };
}
