/** Where a logarithmic axis has its marks: at round figures, as people count. */

/** More than these crowd a small chart. */
const MOST = 8;
/** Marks of a decade; the first that are not too many. */
const MANTISSAS = [[1, 2, 5], [1, 3], [1]] as const;
const STEPS = [1, 2, 5, 10] as const;

/** @param min above 0 @returns round values from `min` to `max`, smallest first */
export function logTicks(min: number, max: number): readonly number[] {
  // Within a decade, marks at equal distances of value are rounder than parts of it.
  if (max / min < 10) {
    return evenTicks(min, max);
  }
  const decades = range(Math.floor(Math.log10(min)), Math.ceil(Math.log10(max)));
  for (const mantissas of MANTISSAS) {
    const ticks = decades
      .flatMap((power) => mantissas.map((mantissa) => timesPower(mantissa, power)))
      .filter((value) => value >= min && value <= max);
    if (ticks.length <= MOST) {
      return ticks;
    }
  }
  const every = Math.ceil(decades.length / MOST);
  return decades
    .filter((power) => power % every === 0)
    .map((power) => timesPower(1, power))
    .filter((value) => value >= min && value <= max);
}

function evenTicks(min: number, max: number): readonly number[] {
  const power = Math.floor(Math.log10((max - min) / MOST));
  const mantissa = STEPS.find((step) => (max - min) / timesPower(step, power) <= MOST) ?? 10;
  const step = timesPower(mantissa, power);
  // Rounded, as a product of decimals may miss by a bit what was meant.
  return range(Math.ceil(min / step), Math.floor(max / step)).map((count) => Number((count * step).toPrecision(12)));
}

/** Exact to the last digit, which `10 ** power` is not. */
function timesPower(mantissa: number, power: number): number {
  return Number(`${mantissa}e${power}`);
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
