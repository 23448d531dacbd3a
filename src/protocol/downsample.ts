/**
 * Largest triangle three buckets (Steinarsson 2013): of a long series the points that its picture needs. The first and
 * the last stay, and of each bucket between them the one that spans the largest triangle with its neighbours.
 * @returns positions in the series, ascending; at most `most` of them
 */
export function downsample<T>(
  points: readonly T[],
  most: number,
  x: (point: T) => number,
  y: (point: T) => number,
): number[] {
  const count = points.length;
  if (count <= most || most < 3) {
    return points.map((_, index) => index);
  }
  const at = (index: number): readonly [number, number] => {
    const point = points[index];
    return point === undefined ? [0, 0] : [x(point), y(point)];
  };
  const size = (count - 2) / (most - 2);
  const kept = [0];
  for (let bucket = 0; bucket < most - 2; bucket += 1) {
    const from = Math.floor(bucket * size) + 1;
    const to = Math.floor((bucket + 1) * size) + 1;
    const nextTo = Math.min(count, Math.floor((bucket + 2) * size) + 1);
    const [meanX, meanY] = mean(at, to, Math.max(to + 1, nextTo));
    const [lastX, lastY] = at(kept.at(-1) ?? 0);
    let best = from;
    let largest = -1;
    for (let index = from; index < to; index += 1) {
      const [hereX, hereY] = at(index);
      const area = Math.abs((lastX - meanX) * (hereY - lastY) - (lastX - hereX) * (meanY - lastY));
      if (area > largest) {
        largest = area;
        best = index;
      }
    }
    kept.push(best);
  }
  kept.push(count - 1);
  return kept;
}

function mean(at: (index: number) => readonly [number, number], from: number, to: number): readonly [number, number] {
  let [sumX, sumY] = [0, 0];
  for (let index = from; index < to; index += 1) {
    const [x, y] = at(index);
    sumX += x;
    sumY += y;
  }
  return [sumX / (to - from), sumY / (to - from)];
}
