import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { runEventSchema } from "../../../../src/protocol/events.ts";
import { eventsPath } from "../../../../src/runs/files/layout.ts";
import { openEventLog } from "../../../../src/runs/log/eventLog.ts";
import { isStepLine, parseStepLine } from "../../../../src/runs/log/stepLine.ts";
import { createRun } from "../../../../src/runs/record/store.ts";
import { samplePlan, stepEvent, useFolder } from "../record/sampleRuns.ts";

const LINE =
  '{"seq":7,"time":1795556541395,"type":"step","phase":"train","epoch":1,"step":3,"stepsPerEpoch":157,"loss":0.25}';

describe("lines of steps", () => {
  const folder = useFolder();

  it("give what JSON and schema give, as the log writes them", async () => {
    const run = await createRun(folder(), samplePlan, "steps");
    const log = await openEventLog(run);
    for (const loss of [0, 1, -2.5, 1 / 3, 1e-9, 5e-324, 1.7e308, 123456789.125]) {
      log.append({ ...stepEvent(1), loss } as never);
    }
    log.close();
    const lines = readFileSync(eventsPath(run), "utf8").trimEnd().split("\n");
    assert.equal(lines.length, 8);
    for (const line of lines) {
      const event = runEventSchema.parse(JSON.parse(line));
      assert.deepEqual(parseStepLine(line), event);
      assert.ok(isStepLine(line, event.seq) && !isStepLine(line, event.seq + 1));
    }
  });

  for (const [what, line] of [
    ["another kind", LINE.replace('"step","phase"', '"epoch","phase"')],
    ["another order", '{"time":1,"seq":7,"type":"step"}'],
    ["no such phase", LINE.replace("train", "dream")],
    ["a broken number", LINE.replace("0.25", "0.25.1")],
    ["a leading zero", LINE.replace('"seq":7', '"seq":07')],
    ["an integer that is none", LINE.replace('"epoch":1', '"epoch":1.5')],
    ["one too large to be exact", LINE.replace('"epoch":1', '"epoch":12345678901234567')],
    ["more behind it", `${LINE}{}`],
    ["a torn end", LINE.slice(0, -1)],
  ] as const) {
    it(`leave to others what has ${what}`, () => {
      assert.notEqual(parseStepLine(LINE), undefined);
      assert.equal(parseStepLine(line), undefined);
      assert.ok(isStepLine(LINE, 7) && !isStepLine(line, 7));
    });
  }
});
