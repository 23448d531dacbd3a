/** Finds the line that a failed run complained about again, after the file has been edited. No editor in here. */

/**
 * The line that is still the same and lies nearest to where it was.
 * @param lines of now
 * @param line where it was, from 0
 * @param text what it was
 * @returns from 0; undefined when the line has been changed or deleted
 */
export function findLineAgain(lines: readonly string[], line: number, text: string): number | undefined {
  let nearest: number | undefined;
  for (const [index, now] of lines.entries()) {
    if (now === text && (nearest === undefined || Math.abs(index - line) < Math.abs(nearest - line))) {
      nearest = index;
    }
  }
  return nearest;
}
