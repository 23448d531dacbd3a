import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import type { Run } from "../../src/runs/files/layout.ts";
import { createRun, updateRecord } from "../../src/runs/record/store.ts";
import { samplePlan } from "../unit/runs/record/sampleRuns.ts";
import { useScratch, whittle, whittleJson } from "./whittle.ts";

const listed = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    pinned: z.boolean(),
    state: z.string(),
  }),
);

describe("names, tags and pins on the command line", () => {
  const scratch = useScratch();
  let runs: readonly Run[];
  const list = async (...args: string[]): Promise<string[]> =>
    listed.parse(await whittleJson(["list", ...args], scratch.dir)).map(({ name }) => name);
  const say = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await whittle(args, scratch.dir);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const refuse = async (args: readonly string[], message: RegExp): Promise<void> => {
    const { code, stderr } = await whittle(args, scratch.dir);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  };
  const at = (index: number): string => runs[index]?.id ?? "";

  before(async () => {
    const folder = join(scratch.dir, ".whittle/runs");
    const made: Run[] = [];
    for (const name of ["one", "two", "three"]) {
      const run = await createRun(folder, samplePlan, name);
      await updateRecord(run, { state: "stopped" });
      made.push(run);
    }
    runs = made;
  });

  it("are given, and shown by list", async () => {
    assert.match(await say("rename", at(0), "  The first \n"), new RegExp(`^${at(0)} +The first\n$`));
    await say("tag", at(1), "#paper", "seed study");
    await say("tag", at(2), "paper");
    assert.match(await say("pin", at(2), at(0)), /pinned/);
    const table = await say("list");
    assert.match(table, /The first .*│ pinned +│/);
    assert.match(table, /two .*│ #paper #seed study +│/);
    const all = listed.parse(await whittleJson(["list"], scratch.dir));
    assert.deepEqual(all.map(({ name, tags, pinned }) => [name, tags, pinned]).sort(), [
      ["The first", [], true],
      ["three", ["paper"], true],
      ["two", ["paper", "seed study"], false],
    ]);
  });

  it("put pinned runs first, and what fits alone", async () => {
    assert.equal((await list()).at(-1), "two");
    assert.deepEqual(await list("--sort", "name"), ["The first", "three", "two"]);
    assert.deepEqual((await list("--tag", "paper")).sort(), ["three", "two"]);
    assert.deepEqual(await list("--tag", "paper", "--tag", "seed study"), ["two"]);
    assert.deepEqual(await list("--filter", "FIRST stopped"), ["The first"]);
    assert.deepEqual(await list("--filter", "#paper", "--sort", "name"), ["three", "two"]);
    assert.match(await say("list", "--filter", "nothing"), /^None of the 3 runs in .* fits\.\n$/);
  });

  it("find a run in place of its id, where one run is called so", async () => {
    assert.match(await say("show", "The first"), new RegExp(`^run +${at(0)}\n`));
    await say("rename", at(1), "three");
    await refuse(["show", "three"], new RegExp(`2 runs are called "three": .*${at(1)}.*\n.*Give an id`));
    assert.match(await say("rename", at(1), ""), new RegExp(`^${at(1)}  #paper`));
    assert.deepEqual(await list("--filter", at(1)), ["two"]);
  });

  it("are taken away", async () => {
    await say("tag", at(1), "paper", "--remove");
    await say("pin", "--off", at(0), at(2));
    assert.deepEqual(await list("--tag", "paper"), ["three"]);
    const all = listed.parse(await whittleJson(["list"], scratch.dir));
    assert.ok(all.every(({ pinned }) => !pinned));
    const document = await whittleJson(["tag", at(1), "seed study", "--remove"], scratch.dir);
    assert.deepEqual(document, [{ id: at(1), tags: [], pinned: false }]);
  });

  it("are refused where they say nothing", async () => {
    await refuse(["tag", at(0), "#"], /A tag is empty/);
    await refuse(["tag", at(0), "a", "#a"], /given twice/);
    await refuse(["tag", at(0), "nope", "--remove"], /has no tag nope/);
    await refuse(["pin", at(0), "nobody"], /No run in .* is called "nobody"/);
    assert.deepEqual(
      listed.parse(await whittleJson(["list"], scratch.dir)).filter(({ pinned }) => pinned),
      [],
    );
    await refuse(["list", "--sort", "size"], /newest, sparsity, metric, name/);
  });
});
