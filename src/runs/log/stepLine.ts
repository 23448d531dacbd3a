/**
 * `step` events without JSON and schema. Of ten lines in a long log nine are such, and a panel that opens waits for all of
 * them: read by their form they take a quarter of the time.
 */
import { PHASES, type Phase, type RunEvent } from "../../protocol/events.ts";

const INT = "(0|[1-9]\\d{0,14})";
const NUMBER = "(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:e[+-]\\d+)?)";
/** As `EventLog.append` writes them. */
const FORM = new RegExp(
  `^\\{"seq":${INT},"time":${INT},"type":"step","phase":"(${PHASES.join("|")})","epoch":${INT},"step":${INT},"stepsPerEpoch":${INT},"loss":${NUMBER}\\}$`,
);

/** Whether `parseStepLine` gives an event of this number: without making it, which costs three times as much. */
export function isStepLine(line: string, seq: number): boolean {
  return line.startsWith(`{"seq":${seq},`) && FORM.test(line);
}

/** @returns undefined for a line of any other form, which may be an event all the same */
export function parseStepLine(line: string): RunEvent | undefined {
  const match = FORM.exec(line);
  if (match === null) {
    return undefined;
  }
  return {
    seq: Number(match[1]),
    time: Number(match[2]),
    type: "step",
    phase: match[3] as Phase,
    epoch: Number(match[4]),
    step: Number(match[5]),
    stepsPerEpoch: Number(match[6]),
    loss: Number(match[7]),
  };
}
