/** A weight's own name within its layer: `kernel` of `fc1/kernel`. @param originalName as TensorFlow.js's `LayerVariable` has it */
export function ownName({ originalName }: { readonly originalName: string }): string {
  return originalName.slice(originalName.lastIndexOf("/") + 1);
}

/** The layer's weight of that name. */
export function findWeight<Weight extends { readonly originalName: string }>(
  { weights }: { readonly weights: readonly Weight[] },
  name: string | undefined,
): Weight | undefined {
  return weights.find((weight) => ownName(weight) === name);
}
