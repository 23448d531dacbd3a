import type { SignalName } from "../../protocol/settings.ts";
import { gradient } from "./gradient.ts";
import { movement } from "./movement.ts";
import type { Signal } from "./signal.ts";
import { snr } from "./snr.ts";
import { weightGradient } from "./weightGradient.ts";

/** All signals, by the name in the setting `pruning.signal`. */
export const SIGNALS: Readonly<Record<SignalName, Signal>> = { gradient, weightGradient, movement, snr };
