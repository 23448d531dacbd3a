/** How the dense and the pruned model go on with texts, in the live panel. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { TextPredictions } from "../../src/protocol/predictions.ts";
import { type Live, type ShowOptions, useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";

const SPEECH = {
  source: "ROMEO:\nWhat is ",
  reference: "the matter?\n\nJULIET:\nNothing.",
  dense: "the night,\nAnd so it is.",
  pruned: "thy name?\u202e",
};
const PREDICTIONS: TextPredictions = {
  ...{ of: "texts", format: 1, count: 2 },
  examples: [SPEECH, { source: "القطة على", reference: " السجادة", dense: " السجادة", pruned: "" }],
  lost: { count: 1, tokens: ["Z"] },
};

describe("continued texts in the live panel", () => {
  const { showRun, waitFor } = useLive();

  const show = async (options: ShowOptions = {}): Promise<[Live, Locator]> => {
    const panel = await showRun(options);
    await panel.post({ type: "predictions", predictions: PREDICTIONS });
    const part = panel.page.locator("section", { has: panel.page.getByRole("heading", { name: "Continued texts" }) });
    await part.locator("li").first().waitFor();
    return [panel, part];
  };
  const namesOf = (part: Locator): Promise<string[]> => part.locator("dt").allTextContents();

  for (const theme of THEMES) {
    it(`stand below each other in lines, as in the data, in ${theme}`, async () => {
      const [panel, part] = await show({ theme });
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-continuations-${theme}`);
      assert.match((await part.locator(".caption").textContent()) ?? "", /^2 places of the validation split/);
      const first = part.locator("li").first();
      assert.deepEqual(await namesOf(first), ["Beginning", "In the data", "Dense", "Pruned"]);
      const texts = await first
        .locator(".text")
        .evaluateAll((all) => all.map((text) => (text as HTMLElement).innerText));
      assert.deepEqual(texts, [SPEECH.source, SPEECH.reference, SPEECH.dense, "thy name?⟨U+202E⟩"]);
      const second = part.locator("li").nth(1);
      const direction = second.locator(".text").first();
      assert.equal(await direction.evaluate((text) => getComputedStyle(text).direction), "rtl");
      assert.match(await second.innerText(), /\(nothing\)/);
      assert.equal(await part.getByText("Tokens without a weight in the embedding: 1").isVisible(), true);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("take the place of translations, which a run has not at the same time", async () => {
    const [panel, part] = await show();
    const translations = panel.page.getByRole("heading", { name: "Translations" });
    assert.equal(await translations.isVisible(), false);
    const metric = { name: "bleu", signature: "nrefs:1", dense: 30, pruned: 29 };
    await panel.post({ type: "predictions", predictions: { ...PREDICTIONS, metric } });
    await translations.waitFor();
    assert.equal(await part.isVisible(), false);
  });

  it("are also of a beginning that is typed: asked by Enter, without marks, cut from the left", async () => {
    const [panel, part] = await show();
    const input = part.getByRole("textbox", { name: "Try a beginning" });
    await input.press("Enter");
    await part.getByText("Type a beginning first.").waitFor();
    await input.fill("O Romeo");
    await input.press("Enter");
    assert.equal((await waitFor(panel, (one) => one.type === "write"))["text"], "O Romeo");
    const written = {
      source: "O Romeo",
      continues: true,
      read: 64,
      unknown: [],
      dense: ", my\nlord",
      pruned: ", my love",
    };
    await panel.post({ type: "written", id: 1, written });
    const answer = part.getByRole("status");
    await answer.locator("dl").waitFor();
    assert.deepEqual(await namesOf(answer), ["Beginning", "Dense", "Pruned"]);
    assert.equal(await answer.locator("del, ins").count(), 0);
    assert.equal(await answer.locator(".text").nth(1).innerText(), ", my\nlord");
    await answer.getByText("Only its last 64 tokens are read: the model sees no more.").waitFor();
  });
});
