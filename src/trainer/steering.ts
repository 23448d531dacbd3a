/** What the outside wants of a run: a wish that lasts, and requests that are carried out once. */

export type Wish = "go on" | "pause" | "stop";
/** `prune`: end this stage and search for a threshold now. `save`: a checkpoint that is kept. */
export type Request = "prune" | "save";

/** Steering as the training loop's side sees it. */
export interface Steering {
  readonly wish: Wish;
  /** Resolves at the next change of `wish`, and at the next request. */
  changed(): Promise<void>;
  /** Each request once. */
  takeRequests(): ReadonlySet<Request>;
}

export interface Helm extends Steering {
  set(wish: Wish): void;
  request(request: Request): void;
}

export function createSteering(): Helm {
  let wish: Wish = "go on";
  let requests = new Set<Request>();
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const one of waiting) one();
    waiting = [];
  };
  return {
    get wish() {
      return wish;
    },
    changed: () => new Promise<void>((resolve) => waiting.push(resolve)),
    takeRequests() {
      const taken = requests;
      requests = new Set();
      return taken;
    },
    set(next) {
      // A stop is final: a late pause must not undo it.
      if (wish !== "stop") wish = next;
      wake();
    },
    request(request) {
      requests.add(request);
      wake();
    },
  };
}
