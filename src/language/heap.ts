/** A priority queue. */
export class Heap<T> {
  private readonly items: T[] = [];

  /** @param isBefore a strict order */
  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  push(item: T): void {
    let at = this.items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.items[above] as T;
      if (!this.isBefore(item, parent)) break;
      this.items[at] = parent;
      at = above;
    }
    this.items[at] = item;
  }

  /** The first one, which is then gone. */
  pop(): T | undefined {
    const [first] = this.items;
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) this.sink(last);
    return first;
  }

  private sink(item: T): void {
    const { length } = this.items;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && this.isBefore(this.items[child + 1] as T, this.items[child] as T)) child += 1;
      const below = this.items[child] as T;
      if (!this.isBefore(below, item)) break;
      this.items[at] = below;
      at = child;
    }
    this.items[at] = item;
  }
}
