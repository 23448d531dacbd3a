export interface Disposable {
  dispose(): unknown;
}

/** Owns disposables and ends them together, last first. What is added afterwards is ended at once. */
export class Disposables implements Disposable {
  readonly #owned: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#owned.push(item);
    }
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (const item of this.#owned.splice(0).reverse()) {
      item.dispose();
    }
  }
}
