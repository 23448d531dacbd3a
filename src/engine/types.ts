import type { EngineRecord } from "../protocol/run.ts";

/** The engine's own instance of tfjs, handed to the other rooms as a value. */
export type TF = typeof import("@tensorflow/tfjs");

export type EngineName = EngineRecord["name"];

export const ENGINE_NAMES: readonly EngineName[] = ["native", "wasm", "cpu"];
