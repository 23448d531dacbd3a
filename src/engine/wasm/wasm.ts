/** The wasm engine: from npm alone, runs everywhere. */
import { join, sep } from "node:path";
import { WhittleError } from "../../protocol/errors.ts";
import { codeFolder, isBundled, packageFolder } from "../install/bundle.ts";
import { loadTfjs } from "../tfjs.ts";
import type { TF } from "../types.ts";
import { completeWasmKernels } from "./wasmKernels.ts";

type WasmModule = typeof import("@tensorflow/tfjs-backend-wasm");

export interface WasmEngine {
  readonly tf: TF;
  readonly onSlowKernel: (listener: (kernel: string) => void) => void;
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws WhittleError when WebAssembly is not to be had */
export async function loadWasm(): Promise<WasmEngine> {
  const tf = await loadTfjs();
  const imported: WasmModule & { readonly default?: WasmModule } = await import("@tensorflow/tfjs-backend-wasm");
  const wasm = imported.default ?? imported;
  wasm.setWasmPaths(wasmFolder() + sep);
  const started = await withoutNewListeners(() => tf.setBackend("wasm"));
  if (!started) {
    throw new WhittleError(`The wasm engine did not start from ${wasmFolder()}.`, {
      remedy: "Check that its .wasm files are there, or go on with `--engine cpu`.",
    });
  }
  const { onSlow } = completeWasmKernels(tf);
  return { tf, onSlowKernel: onSlow, versions: { "tfjs-backend-wasm": wasm.version_wasm } };
}

/** Beside the bundle, or in the package. */
function wasmFolder(): string {
  return isBundled() ? codeFolder() : join(packageFolder("@tensorflow/tfjs-backend-wasm"), "dist");
}

/**
 * Emscripten's start-up code sets handlers that throw any uncaught error and unhandled rejection anew, from inside its one
 * line of 300 kB, which Node then prints. The process keeps its own.
 */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const emitter: NodeJS.EventEmitter = process;
  const events = ["uncaughtException", "unhandledRejection"];
  const before = new Set<unknown>(events.flatMap((event) => emitter.rawListeners(event)));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of emitter.rawListeners(event).filter((one) => !before.has(one))) {
        emitter.removeListener(event, listener as () => void);
      }
    }
  }
}
