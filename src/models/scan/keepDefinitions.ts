/**
 * While somebody types, a mistake in the text hides definitions for a moment. They stay where they were, moved along with
 * the edits, until the text can be read again.
 */
import type { FoundDefinition, Scan } from "./found.ts";

/** `removed` characters at `offset` were replaced by `inserted` others. */
export interface Edit {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function moveStart(at: number, { offset, removed, inserted }: Edit): number {
  if (at < offset || (at === offset && removed > 0)) return at;
  return at < offset + removed ? offset : at + inserted - removed;
}

function moveEnd(at: number, { offset, removed, inserted }: Edit): number {
  if (at <= offset) return at;
  return at <= offset + removed ? offset + inserted : at + inserted - removed;
}

function movePlace<T extends Place>(place: T, edit: Edit): T {
  const start = moveStart(place.start, edit);
  return { ...place, start, end: Math.max(start, moveEnd(place.end, edit)) };
}

export function moveDefinitions(definitions: readonly FoundDefinition[], edit: Edit): readonly FoundDefinition[] {
  return definitions.map((each) => ({
    ...movePlace(each, edit),
    layers: each.layers.map((layer) => movePlace(layer, edit)),
  }));
}

/**
 * @param before what was found last, moved to where it is now
 * @param text of now
 */
export function keepHidden(
  before: readonly FoundDefinition[],
  { definitions, isWhole }: Scan,
  text: string,
): readonly FoundDefinition[] {
  if (isWhole) return definitions;
  const hidden = before.filter(
    (old) =>
      // Deleted, replaced by one of another name, or found again.
      text.slice(old.start, old.end).trim() !== "" &&
      !definitions.some((now) => now.exportName === old.exportName || (now.start < old.end && old.start < now.end)),
  );
  return [...definitions, ...hidden].sort((a, b) => a.start - b.start);
}
