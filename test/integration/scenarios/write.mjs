/** A text is tried in the panel: asked of a process that runs the model file, and ends with the panel. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeLetters } from "../../fixtures/writeLetters.ts";
import { keepSilentDense, keepVocabulary } from "../../fixtures/writingRun.ts";

export const name = "a text that is tried in the panel of a run";

const root = join(import.meta.dirname, "../../..");
const PREDICTIONS = {
  of: "texts",
  format: 1,
  count: 1,
  metric: { name: "bleu", signature: "nrefs:1", dense: 0, pruned: 100 },
  examples: [{ source: "EIN HUND", reference: "a hound", dense: "", pruned: "a hound" }],
  lost: { count: 0, tokens: [] },
};

const modelIn = (workspace) => join(workspace, "words.model.ts");
/** Where the model file says which process has loaded it. */
const pidIn = (workspace) => join(workspace, "loaded.pid");

export async function prepare(workspace) {
  const text = await readFile(join(root, "test/fixtures/wordByWord.model.ts"), "utf8");
  const tell = `require("node:fs").writeFileSync(${JSON.stringify(pidIn(workspace))}, String(process.pid));`;
  await writeFile(modelIn(workspace), `${text}\n${tell}\n`);
  writeLetters(workspace);
  const train = (file) => {
    const args = [join(root, "dist/cli.cjs"), "run", file, "--engine", "wasm", "--json"];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: workspace, stdio: ["ignore", "pipe", "ignore"] }));
  };
  train("letters.js");
  const { id } = train("words.model.ts");
  const run = { dir: join(workspace, ".whittle", "runs", id), id };
  keepVocabulary(run);
  keepSilentDense(run);
  await writeFile(join(run.dir, "predictions.json"), JSON.stringify(PREDICTIONS));
}

export async function run(kit) {
  const { step, until, page, workspace } = kit;
  const pid = () => Number(readFileSync(pidIn(workspace), "utf8"));
  const trainedBy = pid();
  const isThere = (id) => {
    try {
      return process.kill(id, 0);
    } catch {
      return false;
    }
  };
  const runOf = async (file) =>
    (await kit.readRuns()).find(({ record }) => record.plan.modelFile.endsWith(file))?.dir ?? assert.fail(file);
  const boxIn = (panel, label) => panel.locator(".try", { hasText: label });
  let part;
  let asked;
  const ask = async (text) => {
    await part.getByRole("textbox", { name: "Try a sentence" }).fill(text);
    await page.keyboard.press("Enter");
  };

  await step("the dense and the pruned model answer it, with marks", async () => {
    await kit.openModel();
    await kit.startCommand("whittle.openPanel", await runOf("words.model.ts"));
    part = boxIn(await kit.findPanel("Try a sentence"), "Try a sentence");
    await part.scrollIntoViewIfNeeded();
    await ask("FRAU RENNT zzz");
    await part.getByText("Not in the vocabulary: zzz.").waitFor();
    const texts = await part.locator("dd").allTextContents();
    assert.equal(texts[0], "FRAU RENNT zzz");
    assert.equal(texts[1], "(nothing)");
    assert.match(texts[2], /^\[only pruned\]girl runs/);
    await kit.shoot("sentence.png");
    asked = pid();
    assert.notEqual(asked, trainedBy);
    assert.notEqual(asked, await kit.hostPid());
  });

  await step("the next one is asked of the same process", async () => {
    await ask("EIN MANN STEHT");
    await part.getByText("a man stands").waitFor();
    assert.equal(pid(), asked);
    assert.ok(isThere(asked));
  });

  await step("an error is told in its place: the model file has changed, so nothing is run", async () => {
    const text = await readFile(modelIn(workspace), "utf8");
    await kit.startCommand("workbench.action.closeEditorsInOtherGroups");
    await kit.startCommand("workbench.action.closeAllEditors");
    await until("the process ends with the panel", () => !isThere(asked));
    await writeFile(modelIn(workspace), `${text}\n// Changed.\n`);
    await kit.startCommand("whittle.openPanel", await runOf("words.model.ts"));
    part = boxIn(await kit.findPanel("Try a sentence"), "Try a sentence");
    await ask("EIN HUND");
    await part.getByText("words.model.ts has changed since run").waitFor();
    assert.equal(pid(), asked);
    await writeFile(modelIn(workspace), text);
    await ask("EIN HUND");
    await part.getByText("a hound").waitFor();
    assert.notEqual(pid(), asked);
  });

  await step("a language model goes on with a beginning, and with parts of the data", async () => {
    await kit.startCommand("workbench.action.closeAllEditors");
    await until("the process ends with the panel", () => !isThere(pid()));
    await kit.startCommand("whittle.openPanel", await runOf("letters.js"));
    const panel = await kit.findPanel("Continued texts");
    const section = panel.locator("section", { has: panel.getByRole("heading", { name: "Continued texts" }) });
    assert.equal(await section.locator("li").count(), 20);
    part = boxIn(panel, "Try a beginning");
    await part.scrollIntoViewIfNeeded();
    await part.getByRole("textbox", { name: "Try a beginning" }).fill("cd");
    await page.keyboard.press("Enter");
    await part.getByRole("status").locator("dl").waitFor();
    const texts = await part.locator("dd").allInnerTexts();
    assert.deepEqual([texts[0], texts.length], ["cd", 3]);
    // Lines are lines; a letter may be drawn that is not the likeliest.
    for (const text of texts.slice(1)) assert.match(text, /^[a-g\n]{16}$/);
    await kit.shoot("continued.png");
  });
}
