/** Suites that need the native engine; where it is not installed there are none, as everything else of Whittle does without. */
import type * as Tf from "@tensorflow/tfjs";
import { inspectNative } from "../../../../src/engine/install/cache.ts";
import { type StartedEngine, startEngine } from "../../../../src/engine/start.ts";

/** @param define gets the engine once the suite has begun */
export function describeNative(title: string, define: (engine: () => StartedEngine & { tf: typeof Tf }) => void): void {
  if (inspectNative().kind !== "installed") return;
  describe(title, () => {
    let engine: StartedEngine | undefined;
    before(async () => {
      engine = await startEngine("native");
    });
    // Other suites of the process take the backend that is there.
    after(() => engine?.tf.setBackend("cpu"));
    define(() => {
      if (engine === undefined) throw new Error("the engine is not started");
      return engine;
    });
  });
}

/** The same bits, NaN included. */
export function bitsOf(tensor: Tf.Tensor): string {
  const values = tensor.dataSync();
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");
}
