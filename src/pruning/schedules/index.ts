import type { ScheduleName } from "../../protocol/settings.ts";
import { cubic } from "./cubic.ts";
import { fraction } from "./fraction.ts";
import type { Schedule } from "./schedule.ts";
import { search } from "./search.ts";

/** All pruning schedules, by the name in the setting `pruning.schedule`. */
export const SCHEDULES: Readonly<Record<ScheduleName, Schedule>> = { search, fraction, cubic };
