import type { CriterionName } from "../../protocol/settings.ts";
import type { Criterion } from "./criterion.ts";
import { fisher } from "./fisher.ts";
import { magnitude } from "./magnitude.ts";

/** All pruning criteria, by the name in the setting `pruning.criterion`. */
export const CRITERIA: Readonly<Record<CriterionName, Criterion>> = { magnitude, fisher };
