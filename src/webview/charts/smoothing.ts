/**
 * Exponential moving average with the correction of its beginning, as TensorBoard smooths curves (and Adam its moments,
 * arXiv 1412.6980, section 3): sₜ = w sₜ₋₁ + (1 − w) xₜ with s₀ = 0, shown as sₜ / (1 − wᵗ).
 */

/**
 * @param strength w, 0..0.99; 0 changes nothing
 * @returns as many values; what is not finite stays and leaves the mean alone
 */
export function smooth(values: readonly number[], strength: number): number[] {
  let mean = 0;
  // 1 − wᵗ
  let weight = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) {
      return value;
    }
    mean = strength * mean + (1 - strength) * value;
    weight = strength * weight + (1 - strength);
    return mean / weight;
  });
}
