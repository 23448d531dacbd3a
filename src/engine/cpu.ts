/** Plain JavaScript: slow, always there. */
import { registerSegmentSum } from "./segmentSum.ts";
import { loadTfjs } from "./tfjs.ts";
import type { TF } from "./types.ts";

export async function loadCpu(): Promise<TF> {
  const tf = await loadTfjs();
  await tf.setBackend("cpu");
  silenceAdvice(tf.backend());
  registerSegmentSum(tf, "cpu");
  return tf;
}

/** On its first tensor the backend advises, on the console, to install tfjs-node. Our own record says why it is in use. */
export function silenceAdvice(backend: object): void {
  if ("firstUse" in backend) {
    backend.firstUse = false;
  }
}
