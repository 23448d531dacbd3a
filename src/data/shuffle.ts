/** Shuffles examples of which not all are in memory, as the Datasets of TensorFlow do: by a buffer of which one is drawn. */
import type { Random } from "./random.ts";
import type { Example } from "./types.ts";

/**
 * An example comes at most `size − 1` places earlier than it was given, and any time later; with a buffer for all, every order is
 * as likely as any other. Copies what it keeps.
 * @param size examples in the buffer, at least 1
 */
export async function* shuffle(
  examples: AsyncIterable<Example>,
  size: number,
  random: Random,
): AsyncGenerator<Example, void> {
  const buffer: Example[] = [];
  const draw = (): number => Math.floor(random.next() * buffer.length);
  for await (const example of examples) {
    if (buffer.length < size) {
      buffer.push(copyInto(undefined, example));
      continue;
    }
    const at = draw();
    const drawn = buffer[at];
    if (drawn !== undefined) yield drawn;
    buffer[at] = copyInto(drawn, example);
  }
  while (buffer.length > 0) {
    const at = draw();
    const drawn = buffer[at];
    if (drawn !== undefined) yield drawn;
    const last = buffer.pop();
    if (last !== undefined && at < buffer.length) buffer[at] = last;
  }
}

/** Into the memory of one that is over, where it fits: garbage of gigabytes would be collected late. */
function copyInto(over: Example | undefined, { x, y, w }: Example): Example {
  return {
    x: copyValues(over?.x, x),
    y: copyValues(over?.y, y),
    ...(w === undefined ? {} : { w: copyValues(over?.w, w) }),
  };
}

function copyValues<T extends Example["x"]>(over: Example["x"] | undefined, values: T): Example["x"] {
  if (over?.constructor !== values.constructor || over.length !== values.length) return values.slice();
  over.set(values);
  return over;
}
