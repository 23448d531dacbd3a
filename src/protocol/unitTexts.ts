/** Units in words, as the editor and its panels write them. */
import * as l10n from "@vscode/l10n";
import type { UnitWord } from "./units.ts";

/** `300 units`, `4 heads`. @param count as it is to be written */
export function countText(count: string, of: UnitWord): string {
  switch (of) {
    case "units":
      return l10n.t("{0} units", count);
    case "filters":
      return l10n.t("{0} filters", count);
    case "channels":
      return l10n.t("{0} channels", count);
    case "features":
      return l10n.t("{0} features", count);
    case "rows":
      return l10n.t("{0} rows", count);
    case "heads":
      return l10n.t("{0} heads", count);
    default:
      return of satisfies never;
  }
}

/** `181 of 300 units alive` */
export function aliveText(alive: string, count: string, of: UnitWord): string {
  return l10n.t("{0} of {1} alive", alive, countText(count, of));
}
