import type { Signal } from "./signal.ts";

/** |G|: how much the loss depends on the weight (arXiv 2204.04977, arXiv 2011.09905). */
export const gradient: Signal = { averages: ["size"], compute: (_tf, { average }) => average("size") };
