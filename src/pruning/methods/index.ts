import type { MethodName } from "../../protocol/settings.ts";
import { irrelevance } from "./irrelevance.ts";
import { l1 } from "./l1.ts";
import { l2 } from "./l2.ts";
import { lobster } from "./lobster.ts";
import type { Method } from "./method.ts";
import { none } from "./none.ts";

/** All methods, by the name in the setting `pruning.method`. */
export const METHODS: Readonly<Record<MethodName, Method>> = { irrelevance, l1, l2, lobster, none };
