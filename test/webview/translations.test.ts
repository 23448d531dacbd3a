/** What the dense and the pruned model write, in the live panel. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { TextPredictions } from "../../src/protocol/predictions.ts";
import { type Live, type ShowOptions, useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";

type Example = TextPredictions["examples"][number];

const SAME: Example = {
  source: "ein hund rennt .",
  reference: "a dog runs .",
  dense: "a dog runs .",
  pruned: "a dog runs .",
};
const CHANGED: Example = {
  source: "ein mann in rot steht hier .",
  reference: "a man in red stands here .",
  dense: "a man in red is standing here .",
  pruned: "a woman in red is here now .",
};
const ARABIC: Example = {
  source: "The cat is on the rug",
  reference: "القطة على السجادة",
  dense: "القطة على السجادة",
  pruned: "القطة فوق السجادة",
};

function texts(...examples: readonly Example[]): TextPredictions {
  return {
    of: "texts",
    format: 1,
    count: 1014,
    metric: { name: "bleu", signature: "nrefs:1|tok:13a", dense: 34.123, pruned: 33.51 },
    examples: [...examples],
    lost: { count: 1002, tokens: ["aardvark", "\u202egnat"] },
  };
}

describe("translations in the live panel", () => {
  const { showRun } = useLive();

  const show = async (predictions: TextPredictions, options: ShowOptions = {}): Promise<[Live, Locator]> => {
    const panel = await showRun(options);
    await panel.post({ type: "predictions", predictions });
    const part = panel.page.locator("section", { has: panel.page.getByRole("heading", { name: "Translations" }) });
    await part.locator("li").first().waitFor();
    return [panel, part];
  };
  /** The texts that a user sees of each example: not what is for screen readers. */
  const textsOf = (part: Locator): Promise<string[][]> =>
    part.locator("li").evaluateAll((items) =>
      items.map((item) =>
        [...item.querySelectorAll(".text")].map((text) => {
          const copy = text.cloneNode(true) as HTMLElement;
          for (const spoken of copy.querySelectorAll(".spoken")) {
            spoken.remove();
          }
          return copy.textContent;
        }),
      ),
    );

  for (const theme of THEMES) {
    it(`are marked in ${theme} where they have changed, and these come first`, async () => {
      const [panel, part] = await show(texts(SAME, CHANGED, ARABIC), { theme });
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-translations-${theme}`);
      const figures = await part.locator(".figures div").allInnerTexts();
      assert.deepEqual(
        figures.map((text) => text.split("\n").filter((line) => line !== "")),
        [
          ["Dense bleu", "34.12"],
          ["Pruned bleu", "33.51"],
          ["Change", "−0.61"],
        ],
      );
      assert.match(
        (await part.locator(".caption").textContent()) ?? "",
        /Over 1,014 validation examples. Of the 3 below, the pruned model says 2 in other words/,
      );
      const { source, reference, dense, pruned } = CHANGED;
      assert.deepEqual(await textsOf(part), [
        [source, reference, dense, pruned],
        [ARABIC.source, ARABIC.reference, ARABIC.dense, ARABIC.pruned],
        [SAME.source, SAME.reference, SAME.dense],
      ]);
      const [first, second] = [part.locator("li").nth(0), part.locator("li").nth(1)];
      const lineOf = (mark: Locator) => mark.evaluate((element) => getComputedStyle(element).textDecorationLine);
      assert.deepEqual(await Promise.all((await first.locator("del").all()).map(lineOf)), [
        "line-through",
        "line-through",
      ]);
      assert.deepEqual(await Promise.all((await first.locator("ins").all()).map(lineOf)), ["underline", "underline"]);
      // As a screen reader has it, which says nothing of lines.
      assert.deepEqual(await first.locator("del").allTextContents(), [
        "[only dense]man[end]",
        "[only dense]standing[end]",
      ]);
      assert.deepEqual(await first.locator("ins").allTextContents(), [
        "[only pruned]woman[end]",
        "[only pruned]now[end]",
      ]);
      const directions = await second
        .locator(".text")
        .evaluateAll((all) => all.map((text) => getComputedStyle(text).direction));
      assert.deepEqual(directions, ["ltr", "rtl", "rtl", "rtl"]);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("name the tokens that the embedding has lost, on request", async () => {
    const [panel, part] = await show(texts(SAME));
    const details = part.locator("details");
    const summary = details.getByText("Tokens without a weight in the embedding: 1,002");
    assert.equal(await details.locator("p").isVisible(), false);
    await summary.focus();
    await panel.page.keyboard.press("Enter");
    assert.match(await details.locator("p").innerText(), /aardvark\s+\S*gnat.*1,000 more/s);
    await panel.post({ type: "predictions", predictions: { ...texts(SAME), lost: { count: 0, tokens: [] } } });
    await summary.waitFor({ state: "hidden" });
  });

  it("can be narrowed to what has changed, by keyboard", async () => {
    const [panel, part] = await show(texts(SAME, CHANGED, SAME));
    assert.equal(await part.locator("li").count(), 3);
    const filter = part.getByRole("checkbox", { name: "Only what changed" });
    assert.equal(await filter.isChecked(), false);
    await filter.focus();
    await panel.page.keyboard.press("Space");
    assert.deepEqual(await textsOf(part), [[CHANGED.source, CHANGED.reference, CHANGED.dense, CHANGED.pruned]]);
    await panel.post({ type: "predictions", predictions: texts(SAME) });
    await part.getByText("Pruning has changed none of these.").waitFor();
    await panel.page.keyboard.press("Space");
    assert.equal(await part.locator("li").count(), 1);
  });

  it("are shown a few at a time, and go on where the reader is", async () => {
    const many = Array.from({ length: 60 }, (_, at) => ({ ...CHANGED, source: `source ${at}` }));
    const [panel, part] = await show(texts(...many));
    assert.equal(await part.locator("li").count(), 25);
    await part.getByRole("button", { name: "Show 25 more" }).click();
    assert.equal(await part.locator("li").count(), 50);
    await part.getByRole("button", { name: "Show 10 more" }).press("Enter");
    assert.equal(await part.locator("li").count(), 60);
    assert.equal(await part.getByRole("button", { name: /more/ }).count(), 0);
    const focused = await panel.page.evaluate(() => document.activeElement?.querySelector(".text")?.textContent);
    assert.equal(focused, "source 50");
  });

  it("show hostile texts as text, nothing as such, and long ones folded", async () => {
    const words = Array.from({ length: 100_000 }, (_, at) => `w${at}`).join(" ");
    const hostile: Example = {
      source: "<img src=x onerror=alert(1)> &amp; \u0000\u001b[31m\n\u202eevil",
      reference: "",
      dense: `${words} <b>end</b>`,
      pruned: "",
    };
    const [panel, part] = await show(texts(hostile));
    assert.equal(await part.locator("img, li b").count(), 0);
    const [[source, reference, dense = "", pruned] = []] = await textsOf(part);
    assert.equal(source, "<img src=x onerror=alert(1)> &amp; ␀␛[31m␊⟨U+202E⟩evil");
    assert.deepEqual([reference, pruned], ["(nothing)", "(nothing)"]);
    assert.equal(dense, `${words.slice(0, 600)}…`);
    const toggle = part.getByRole("button", { name: /Show all 688,\d+ characters/ });
    assert.equal(await toggle.getAttribute("aria-expanded"), "false");
    await toggle.press("Enter");
    assert.equal((await textsOf(part))[0]?.[2], hostile.dense);
    await part.getByRole("button", { name: "Show less" }).press("Enter");
    assert.equal((await textsOf(part))[0]?.[2], dense);
    const width = await panel.page.evaluate(() => [document.body.scrollWidth, window.innerWidth] as const);
    assert.ok(width[0] <= width[1], String(width));
    assert.deepEqual(await panel.findBarriers(), []);
  });

  it("are kept apart from predictions of other kinds, and can be copied", async () => {
    const [panel, part] = await show(texts({ ...CHANGED, source: "=1+1" }), { width: 420 });
    await panel.shoot("live-translations-narrow");
    assert.equal(await panel.page.getByRole("heading", { name: "Predictions" }).count(), 0);
    await part.getByRole("button", { name: "Copy or save “Translations”" }).click();
    await panel.page.getByRole("menuitem", { name: "Copy Data as CSV" }).click();
    const csv = await panel.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(
      csv,
      `Source,Reference,Dense,Pruned\n"'=1+1",${CHANGED.reference},${CHANGED.dense},${CHANGED.pruned}\n`,
    );
    await panel.post({ type: "predictions", problem: "predictions.json holds nothing good" });
    await part.waitFor({ state: "hidden" });
  });
});
