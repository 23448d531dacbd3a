/** Figures as people read them. */
import type { PruningSettings } from "./settings.ts";
import { TEXT_METRIC_NAMES } from "./textMetricNames.ts";

/** @param part 0..1 */
export function asPercent(part: number, digits = 1): string {
  // Rounding must not claim a whole: 99.97 % is not 100 %.
  const rounded = (part * 100).toFixed(digits);
  return `${part < 1 && Number(rounded) === 100 ? (100 - 10 ** -digits).toFixed(digits) : rounded} %`;
}

export function asCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** How values of a metric are shown. */
export interface MetricScale {
  /** 100 where that is in percent: values are multiplied by it. */
  readonly scale: 1 | 100;
  /** What it can be, as it is shown. */
  readonly least: number;
  readonly most: number;
  /** What a point of it is, as it is stored: 1 percentage point of accuracy, 1 BLEU. */
  readonly point: number;
}

/** Of what a model writes, 0 … 100 as it is. */
const SCORES: ReadonlySet<string> = new Set(TEXT_METRIC_NAMES);
const PART: MetricScale = { scale: 100, least: 0, most: 100, point: 0.01 };
const SCORE: MetricScale = { scale: 1, least: 0, most: 100, point: 1 };
const ANY: MetricScale = { scale: 1, least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY, point: 0.01 };

/** Metrics that are parts of a whole are shown in percent. */
export function metricScale(name: string): MetricScale {
  return name.toLowerCase().includes("accuracy") ? PART : SCORES.has(name) ? SCORE : ANY;
}

export function asMetric(name: string, value: number): string {
  switch (metricScale(name)) {
    case PART:
      return asPercent(value, 2);
    case SCORE:
      return value.toFixed(2);
    default:
      return asFigure(value);
  }
}

/** A change of a metric, with its sign; of a part of a whole in percentage points. */
export function asChange(name: string, change: number): string {
  const isPart = metricScale(name) === PART;
  const size = isPart ? `${Math.abs(change * 100).toFixed(2)} pp` : asMetric(name, Math.abs(change));
  return Number.parseFloat(size) === 0 ? size : `${change < 0 ? "−" : "+"}${size}`;
}

/** `97.10 ± 0.20 %`: mean and standard deviation, a unit of both once. */
export function asSpread(spread: { mean: number; sd?: number }, text: (value: number) => string): string {
  if (spread.sd === undefined) {
    return text(spread.mean);
  }
  const [mean, sd] = [text(spread.mean), text(spread.sd)];
  const [, figure, unit] = /^([\d.]+) (\S+)$/.exec(mean) ?? [];
  return `${unit !== undefined && sd.endsWith(` ${unit}`) ? figure : mean} ± ${sd}`;
}

/** `31.5 ± 0.7 s`, `4 min 05 s ± 12.3 s` */
export function asDurationSpread(spread: { mean: number; sd?: number }): string {
  // A deviation below a second in the unit of its mean, not in milliseconds.
  return asSpread(spread, (seconds) => (seconds < 1 ? `${seconds.toFixed(1)} s` : asDuration(seconds)));
}

/** Four significant digits. */
export function asFigure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** `850 bytes`, `1.07 MB`: three significant digits, in thousands. */
export function asBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(3));
  const power = rounded < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(rounded) / 3));
  return `${power === 0 ? bytes : Number((rounded / 1000 ** power).toPrecision(3))} ${BYTE_UNITS[power]}`;
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 04 min` */
export function asDuration(seconds: number): string {
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${hours} h ${twoDigits(minutes)} min` : `${minutes} min ${twoDigits(rest)} s`;
}

/** `2026-11-24 01:34`, in the time zone of the machine. */
export function asLocalTime(iso: string): string {
  const time = new Date(iso);
  const date = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join("-");
  return `${date} ${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

export function asShape(shape: readonly number[]): string {
  return shape.join("×");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** The strength that the regularization has by its coupling, e.g. `λ 0.0006` or `γ 1e-5`. */
export function asStrength({ coupling, lambda, gamma }: PruningSettings): string {
  return coupling === "optimizer" ? `γ ${asFigure(gamma)}` : `λ ${asFigure(lambda)}`;
}
