/** From measured values to the lines of a Markdown table. */

/** @param part 0..1 */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

export const median = (values) => quantile(values, 0.5);

/** `4.3 ms`, `340 ms`, `1.26 s` */
export function asTime(ms) {
  if (ms >= 1000) {
    return `${(ms / 1000).toFixed(2)} s`;
  }
  return `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/**
 * @param figure.what for the first column
 * @param figure.values milliseconds, one a repetition
 * @param figure.target milliseconds, for each of them; without one the line is for information
 */
export function timeLine({ what, values, target }) {
  const [middle, most] = [median(values), Math.max(...values)];
  return {
    what,
    target: target === undefined ? "" : `< ${asTime(target)}`,
    measured: `median ${asTime(middle)}, max ${asTime(most)} (${values.length})`,
    met: target === undefined ? "" : verdict(middle, most, target),
  };
}

function verdict(middle, most, target) {
  if (most < target) {
    return "yes";
  }
  return middle < target ? "the median" : "no";
}

export function asTable(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
