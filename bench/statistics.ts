/** `2.06 ± 0.06`; one value stands alone. */
export function meanAndDeviation(values: readonly number[], digits: number): string {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return values.length === 1
    ? mean.toFixed(digits)
    : `${mean.toFixed(digits)} ± ${Math.sqrt(variance).toFixed(digits)}`;
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
