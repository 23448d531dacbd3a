/** `whittle doctor` and `whittle setup`. */
import { createLogUpdate } from "log-update";
import { type Diagnosis, diagnose } from "../engine/install/doctor.ts";
import { installNative } from "../engine/install/install.ts";
import { asDuration, asPercent } from "../protocol/figures.ts";
import { EXIT } from "./exitCodes.ts";
import { drawBar } from "./frame.ts";
import type { CommonOptions } from "./options.ts";
import { printDocument, printLine, printNote } from "./output.ts";

export async function diagnoseEngines(options: CommonOptions): Promise<void> {
  const diagnosis = await diagnose();
  if (diagnosis.choice === undefined) {
    process.exitCode = EXIT.failed;
  }
  if (options.json) {
    printDocument(diagnosis);
    return;
  }
  printLine(describeDiagnosis(diagnosis));
}

/** One block for each engine: whether it works, why, what to do. */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  const { machine } = diagnosis;
  const flags = machine.cpuFlags.length === 0 ? "" : `, ${machine.cpuFlags.join(" ")}`;
  return [
    `machine: ${machine.platform}, ${machine.cores} × ${machine.cpu}${flags}, Node ${machine.node}`,
    `cache:   ${diagnosis.cacheFolder}`,
    "",
    ...diagnosis.engines.flatMap(({ name, usable, reason, remedy, versions }) => [
      `${usable ? "✔" : "✖"} ${name.padEnd(7)}${reason}${describeVersions(versions)}`,
      ...(remedy === "" ? [] : [`         ${remedy}`]),
    ]),
    "",
    diagnosis.choice === undefined
      ? "No engine is usable, so nothing can be trained."
      : `Runs use ${diagnosis.choice}, unless --engine says otherwise.`,
  ].join("\n");
}

function describeVersions(versions: Readonly<Record<string, string>>): string {
  const parts = Object.entries(versions).map(([part, version]) => `${part} ${version}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

export async function setUpNative(options: CommonOptions & { readonly force?: boolean }): Promise<void> {
  const progress = createProgressLine();
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort(new Error("set-up was cancelled"));
  process.once("SIGINT", onSignal);
  try {
    const outcome = await installNative({
      onProgress: progress.show,
      signal: cancel.signal,
      force: options.force === true,
    });
    progress.end();
    if (options.json) {
      printDocument(outcome);
      return;
    }
    printLine(
      outcome.status === "present"
        ? `The native engine is there (TensorFlow ${outcome.tensorflow}, ${outcome.folder}).`
        : `Installed the native engine (TensorFlow ${outcome.tensorflow}) in ${asDuration(outcome.seconds)}: ${outcome.folder}`,
    );
  } catch (error) {
    if (!cancel.signal.aborted) {
      throw error;
    }
    printNote("Set-up cancelled; nothing was changed.");
    if (options.json) {
      printDocument({ status: "stopped" });
    }
    process.exitCode = EXIT.stopped;
  } finally {
    progress.end();
    process.off("SIGINT", onSignal);
  }
}

const BAR_WIDTH = 24;

/** On standard error: one line that is redrawn on a terminal, else a line for each new phase and each tenth of it. */
function createProgressLine(): { show(step: { phase: string; fraction?: number }): void; end(): void } {
  if (!process.stderr.isTTY) {
    let last = "";
    return {
      show({ phase, fraction }) {
        const line = fraction === undefined ? phase : `${phase} ${asPercent(Math.floor(fraction * 10) / 10, 0)}`;
        if (line !== last) printNote(line);
        last = line;
      },
      end: () => undefined,
    };
  }
  const update = createLogUpdate(process.stderr);
  return {
    show({ phase, fraction }) {
      update(
        fraction === undefined
          ? phase
          : `${drawBar(fraction, BAR_WIDTH)} ${asPercent(fraction, 0).padStart(5)} ${phase}`,
      );
    },
    end: () => update.done(),
  };
}
