/** Images decoded in threads of their own, ahead of whoever takes them: a step of training computes meanwhile. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { threadProgram } from "../../engine/install/bundle.ts";
import { WhittleError } from "../../protocol/errors.ts";
import { type Decoded, type DecodeTask, type ImageForm, sizeOfImage } from "./decodeTask.ts";

/** A step needs cores as well, and of more images fewer are held. */
const MOST_THREADS = 8;
/** Bytes of the images that a thread is given at once, unless one has more. */
const TASK_BYTES = 2 ** 22;
/** Tasks of a thread that it has not answered, or whose answers nobody has taken: with the next one it need not wait. */
const AHEAD = 2;

/**
 * Of each file its pixels, height × width × channels, in the order of `files`; good until the next is asked for.
 * @throws WhittleError that names the file which cannot be decoded, when its turn comes
 */
export async function* decodeInThreads(files: readonly string[], form: ImageForm): AsyncGenerator<Uint8Array, void> {
  const size = sizeOfImage(form);
  const perTask = Math.max(1, Math.floor(TASK_BYTES / size));
  const tasks = Math.ceil(files.length / perTask);
  const count = Math.min(tasks, MOST_THREADS, availableParallelism());
  const threads = Array.from({ length: count }, () => new DecodingThread());
  /** In their order; each thread has every `count`-th of them. */
  const asked: Promise<Uint8Array<ArrayBuffer>>[] = [];
  let next = 0;
  const ask = (over?: Uint8Array<ArrayBuffer>): void => {
    const part = files.slice(next * perTask, (next + 1) * perTask);
    if (part.length === 0) return;
    const pixels = over ?? new Uint8Array(Math.min(perTask, files.length) * size);
    const answer = threads[next % count]?.decode({ files: part, form, pixels });
    if (answer !== undefined) asked.push(answer);
    next += 1;
  };
  try {
    while (next < AHEAD * count && next < tasks) ask();
    for (let first = 0; first < files.length; first += perTask) {
      const pixels = await asked.shift();
      if (pixels === undefined) throw new Error("a task was not asked for");
      for (let at = 0; at < perTask && first + at < files.length; at++) {
        yield pixels.subarray(at * size, (at + 1) * size);
      }
      ask(pixels);
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

interface Asker {
  answer(pixels: Uint8Array<ArrayBuffer>): void;
  refuse(error: Error): void;
}

class DecodingThread {
  private readonly worker: Worker;
  /** In the order in which they asked. */
  private readonly askers: Asker[] = [];

  constructor() {
    this.worker = new Worker(threadProgram("decodingThread", import.meta.url), { eval: true });
    this.worker.on("message", (decoded: Decoded) => {
      const asker = this.askers.shift();
      if ("pixels" in decoded) asker?.answer(decoded.pixels);
      else asker?.refuse(toError(decoded.refused));
    });
    this.worker.on("error", (error) => {
      for (const asker of this.askers.splice(0)) asker.refuse(error);
    });
  }

  /** Takes the memory of `pixels` away, and gives it back filled. */
  decode(task: DecodeTask): Promise<Uint8Array<ArrayBuffer>> {
    const answered = new Promise<Uint8Array<ArrayBuffer>>((answer, refuse) => {
      this.askers.push({ answer, refuse });
      this.worker.postMessage(task, [task.pixels.buffer]);
    });
    // Whoever takes it is told; that may be nobody, where an image before it is refused.
    answered.catch(() => undefined);
    return answered;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function toError({ message, remedy }: { readonly message: string; readonly remedy?: string }): Error {
  return remedy === undefined ? new Error(message) : new WhittleError(message, { remedy });
}
