/** Units in words, in the editor and its panels in its language. */
import * as l10n from "@vscode/l10n";
import type { UnitWord } from "./units.ts";

/** `300 units`, `1 head`. @param count as it is to be written */
export function countText(count: string, of: UnitWord): string {
  const isOne = count === "1";
  switch (of) {
    case "units":
      return isOne ? l10n.t("{0} unit", count) : l10n.t("{0} units", count);
    case "filters":
      return isOne ? l10n.t("{0} filter", count) : l10n.t("{0} filters", count);
    case "channels":
      return isOne ? l10n.t("{0} channel", count) : l10n.t("{0} channels", count);
    case "features":
      return isOne ? l10n.t("{0} feature", count) : l10n.t("{0} features", count);
    case "rows":
      return isOne ? l10n.t("{0} row", count) : l10n.t("{0} rows", count);
    case "heads":
      return isOne ? l10n.t("{0} head", count) : l10n.t("{0} heads", count);
    default:
      return of satisfies never;
  }
}

/** `181 of 300 units alive` */
export function aliveText(alive: string, count: string, of: UnitWord): string {
  return l10n.t("{0} of {1} alive", alive, countText(count, of));
}
