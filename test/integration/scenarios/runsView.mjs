/** The Runs view over runs that are stored: rows, filter, names, what comes and goes on the disk, deletion. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { storeRecord } from "../storedRecords.ts";

export const name = "Runs view: rows, filter, names, runs that come and go on the disk, deletion";

const HOSTILE = "<img src=x onerror=alert(1)> **bold** $(trash) ../../x";

export async function prepare(workspace) {
  await storeRecord(workspace, {
    id: "20261120-100000-lenet300-aaaa",
    name: "lenet300",
    sparsity: 0.974,
    metric: 0.983,
  });
  await storeRecord(workspace, {
    id: "20261120-110000-lenet300-bbbb",
    name: "lenet300",
    sparsity: 0.5,
    marks: { name: HOSTILE, tags: ["paper"] },
  });
  await storeRecord(workspace, { id: "20261120-120000-lenet300-cccc", name: "lenet300", state: "running" });
  const damaged = join(workspace, ".whittle", "runs", "20261120-130000-lenet300-dddd");
  await mkdir(damaged, { recursive: true });
  await writeFile(join(damaged, "run.json"), "{}");
}

export async function run(kit) {
  const { step, until, shoot, workspace } = kit;
  const rows = () => kit.page.locator(".sidebar .monaco-list-row");
  const row = (text) => rows().filter({ hasText: text }).first();
  const texts = () => rows().allTextContents();
  const input = () => kit.page.locator(".quick-input-widget input[type=text]");
  const answer = async (text) => {
    await input().waitFor();
    await input().fill(text);
    await kit.page.keyboard.press("Enter");
  };

  await step("the view shows every run with state, sparsity and metric; a damaged one as such", async () => {
    await kit.openModel();
    const since = Date.now();
    await kit.page.locator('.activitybar .action-item a[aria-label^="Whittle"]').click();
    await until("five rows are there", async () => (await rows().count()) === 5);
    console.log(`[integration] rows ${Date.now() - since} ms after the click`);
    const all = await texts();
    assert.match(all[0], /^lenet300lenet300\.model\.ts · 3$/);
    assert.match(all[1], /interrupted · cccc/);
    assert.ok(all[2].startsWith(HOSTILE), all[2]);
    assert.match(all[2], /50\.0 % · 0\.98 metric · .* · #paper$/);
    assert.match(all[3], /^lenet30097\.4 % · 0\.983 metric · aaaa · /);
    assert.match(all[4], /dddd.*damaged/);
    await shoot("view-dark.png");
  });

  await step("a filter by tag leaves one run, and says so; clearing it brings all back", async () => {
    await kit.startCommand("whittle.filterRuns");
    await answer("#paper");
    await until("two rows are left", async () => (await rows().count()) === 2);
    await kit.startCommand("whittle.filterRuns");
    await answer("no such thing");
    await kit.page.locator(".sidebar", { hasText: "No run fits “no such thing”" }).waitFor();
    await shoot("view-filtered.png");
    await kit.startCommand("whittle.clearRunFilter");
    await until("all are back", async () => (await rows().count()) === 5);
  });

  await step("F2 renames the chosen run, in its marks and nowhere else", async () => {
    const file = join(workspace, ".whittle", "runs", "20261120-100000-lenet300-aaaa", "run.json");
    const before = await readFile(file, "utf8");
    await row("aaaa").click();
    await kit.page.keyboard.press("F2");
    await answer("best so far");
    await row("best so far").waitFor();
    assert.equal(await readFile(file, "utf8"), before);
    const marks = JSON.parse(await readFile(file.replace("run.json", "marks.json"), "utf8"));
    assert.equal(marks.name, "best so far");
  });

  await step("runs that come and go on the disk show without a reload", async () => {
    const dir = await storeRecord(workspace, {
      id: "20261120-140000-lenet300-eeee",
      name: "from elsewhere",
      sparsity: 0.9,
    });
    await row("from elsewhere").waitFor({ timeout: 15_000 });
    await rm(dir, { recursive: true });
    await row("from elsewhere").waitFor({ state: "detached", timeout: 15_000 });
  });

  await step("the key Delete asks first, and then deletes the folder", async () => {
    const dir = join(workspace, ".whittle", "runs", "20261120-100000-lenet300-aaaa");
    await kit.answerModals(null);
    await row("best so far").click();
    await kit.page.keyboard.press("Delete");
    const [question, options, button] = await kit.modal();
    assert.match(question, /best so far \(20261120-100000-lenet300-aaaa\)/);
    assert.ok(options.modal);
    assert.equal(button, "Delete");
    assert.ok(existsSync(dir));
    await kit.answerModals("Delete");
    await row("best so far").click();
    await kit.page.keyboard.press("Delete");
    await kit.modal();
    await row("best so far").waitFor({ state: "detached", timeout: 15_000 });
    assert.ok(!existsSync(dir));
  });
}
