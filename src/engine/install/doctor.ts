/** `whittle doctor`: what each engine is like on this machine, and what to do. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../protocol/errors.ts";
import { ENGINE_NAMES, type EngineName } from "../types.ts";
import { cacheFolder, inspectNative, type NativeState } from "./cache.ts";
import { checkInProcess, type Verdict } from "./checkProcess.ts";
import { type NativeVerdict, ONE_DNN_VARIABLE } from "./oneDnn.ts";
import { nativeVerdict } from "./verdicts.ts";
import { sha256Of } from "./wheel.ts";

export interface EngineDiagnosis {
  readonly name: EngineName;
  readonly found: boolean;
  readonly usable: boolean;
  /** Why it can or cannot be used, in a sentence. */
  readonly reason: string;
  /** What to do, empty where there is nothing to do. */
  readonly remedy: string;
  /** Of its parts, where it could be started. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface Diagnosis {
  /** In order of preference: the first usable one is what `auto` takes. */
  readonly engines: readonly EngineDiagnosis[];
  /** What `auto` takes now. */
  readonly choice: EngineName | undefined;
  readonly cacheFolder: string;
  readonly nativeFolder: string;
  readonly machine: {
    readonly platform: string;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    /** Instruction sets that matter here, where the system tells. */
    readonly cpuFlags: readonly string[];
  };
}

const FLAGS_OF_INTEREST = ["sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve"];

/** Checks every engine afresh, each in a process of its own. Does not throw for an engine that does not work. */
export async function diagnose(): Promise<Diagnosis> {
  const state = inspectNative();
  const engines: EngineDiagnosis[] = [];
  for (const name of ENGINE_NAMES) {
    engines.push(name === "native" ? await diagnoseNative(state) : await diagnoseOther(name));
  }
  return {
    engines,
    choice: engines.find((engine) => engine.usable)?.name,
    cacheFolder: cacheFolder(),
    nativeFolder: state.folder,
    machine: {
      platform: `${process.platform}-${process.arch}`,
      node: process.versions.node,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      cpuFlags: cpuFlags(),
    },
  };
}

async function diagnoseNative(state: NativeState): Promise<EngineDiagnosis> {
  if (state.kind === "missing") {
    return broken("native", false, "It is not installed.", "Run `whittle setup`.");
  }
  if (state.kind === "damaged") {
    return broken("native", true, `${state.problem}.`, "Run `whittle setup`.");
  }
  for (const file of state.manifest.files) {
    const path = join(state.folder, file.path);
    if ((await sha256Of(path)) !== file.sha256) {
      return broken("native", true, `${path} has been changed since it was installed.`, "Run `whittle setup --force`.");
    }
  }
  const verdict = await nativeVerdict(state, { fresh: true });
  const diagnosis = judged("native", verdict, "Run `whittle setup --force`; until then wasm is used.");
  return verdict.usable ? { ...diagnosis, reason: `${diagnosis.reason}${describeOneDnn(verdict)}` } : diagnosis;
}

async function diagnoseOther(name: EngineName): Promise<EngineDiagnosis> {
  return judged(name, await checkInProcess(name), "Run `npm ci` again, or reinstall the extension.");
}

function describeOneDnn({ oneDnn, measured: { on, off } }: Extract<NativeVerdict, { usable: true }>): string {
  // A user who has said it wins.
  if (process.env[ONE_DNN_VARIABLE] !== undefined) {
    return "";
  }
  const [used, other] = oneDnn ? [on, off] : [off, on];
  const times =
    used === undefined || other === undefined ? "" : `: ${used.toFixed(1)} ms a step instead of ${other.toFixed(1)}`;
  return ` It computes ${oneDnn ? "by" : "without"} oneDNN${times}.`;
}

function judged(name: EngineName, verdict: Verdict, remedy: string): EngineDiagnosis {
  if (!verdict.usable) {
    return broken(name, true, `${verdict.reason.replace(/\.$/, "")}.`, remedy);
  }
  return { name, found: true, usable: true, reason: "Its check passed.", remedy: "", versions: verdict.versions };
}

function broken(name: EngineName, found: boolean, reason: string, remedy: string): EngineDiagnosis {
  return { name, found, usable: false, reason, remedy, versions: {} };
}

/** Linux tells; other systems would need a program of their own. */
function cpuFlags(): readonly string[] {
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    const flags = new Set(line.split(/\s+/));
    return FLAGS_OF_INTEREST.filter((flag) => flags.has(flag));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return [];
  }
}
