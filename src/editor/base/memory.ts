/** What the editor keeps for a workspace: choices of the user and folders of runs, never data of runs. */
import type * as vscode from "vscode";
import { z } from "zod";
import { RUN_ORDERS } from "../../runs/compare/listedRuns.ts";

const KEPT = {
  /** Definition (see `definitionKey`) → folder of the run that was shown for it last. */
  selectedRuns: z.record(z.string(), z.string()),
  /** Definition → values that the user gave for the parameters of its function. */
  givenArguments: z.record(z.string(), z.record(z.string(), z.unknown())),
  runOrder: z.enum(RUN_ORDERS),
  runFilter: z.string(),
} as const;
type Kept = { [K in keyof typeof KEPT]: z.infer<(typeof KEPT)[K]> };

export interface Memory {
  /** undefined where nothing was kept, or another version kept something else. */
  get<K extends keyof Kept>(key: K): Kept[K] | undefined;
  set<K extends keyof Kept>(key: K, value: Kept[K]): void;
}

export function createMemory(state: vscode.Memento): Memory {
  return {
    get<K extends keyof Kept>(key: K) {
      return KEPT[key].safeParse(state.get(`whittle.${key}`)).data as Kept[K] | undefined;
    },
    set: (key, value) => void state.update(`whittle.${key}`, value),
  };
}
