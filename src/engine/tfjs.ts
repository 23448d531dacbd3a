import type { TF } from "./types.ts";

/**
 * The one instance of tfjs. From the sources it is a CommonJS module, whose exports Node cannot all name, so the whole is
 * its default export; in a bundle it is an ES module without one.
 */
export async function loadTfjs(): Promise<TF> {
  const module: TF & { readonly default?: TF } = await import("@tensorflow/tfjs");
  return module.default ?? module;
}
