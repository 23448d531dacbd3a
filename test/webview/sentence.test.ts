/** A sentence that is tried in the live panel. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { WrittenText } from "../../src/protocol/writing.ts";
import { type Live, type ShowOptions, useLive } from "./livePage.ts";
import { THEMES } from "./panelPage.ts";

const PREDICTIONS = {
  of: "texts",
  format: 1,
  count: 1,
  metric: { name: "bleu", signature: "nrefs:1", dense: 30, pruned: 29 },
  examples: [{ source: "ein hund", reference: "a dog", dense: "a dog", pruned: "a dog" }],
  lost: { count: 0, tokens: [] },
};
const CHANGED: WrittenText = {
  source: "ein mann steht hier .",
  unknown: [],
  dense: "a man stands here .",
  pruned: "a woman is here .",
};

describe("a sentence in the live panel", () => {
  const { showRun, waitFor } = useLive();

  interface Shown {
    readonly panel: Live;
    readonly part: Locator;
    readonly input: Locator;
    /** The last of that number. */
    question(id: number): Promise<unknown>;
  }

  const show = async (options: ShowOptions = {}): Promise<Shown> => {
    const panel = await showRun(options);
    await panel.post({ type: "predictions", predictions: PREDICTIONS });
    const part = panel.page.locator(".try", { hasText: "Try a sentence" });
    const input = part.getByRole("textbox", { name: "Try a sentence" });
    await input.waitFor();
    return {
      ...{ panel, part, input },
      question: async (id) => (await waitFor(panel, (one) => one.type === "write" && one["id"] === id))["text"],
    };
  };
  const answer = async ({ panel, part }: Shown, id: number, written: WrittenText): Promise<void> => {
    await panel.post({ type: "written", id, written });
    await part.locator("dl").waitFor();
  };
  /** Each name with what a user sees of its text. */
  const textsOf = (part: Locator): Promise<(readonly [string, string])[]> =>
    part.locator("dl > div").evaluateAll((rows) =>
      rows.map((row) => {
        const copy = row.cloneNode(true) as HTMLElement;
        for (const spoken of copy.querySelectorAll(".spoken")) {
          spoken.remove();
        }
        return [copy.querySelector("dt")?.textContent ?? "", copy.querySelector("dd")?.textContent ?? ""] as const;
      }),
    );

  for (const theme of THEMES) {
    it(`is asked by Enter, and answered with marks on what has changed, in ${theme}`, async () => {
      const shown = await show({ theme });
      const { panel, part, input } = shown;
      await input.fill(CHANGED.source);
      await input.press("Enter");
      assert.equal(await shown.question(1), CHANGED.source);
      const status = part.getByRole("status");
      await status.getByText("Writing …").waitFor();
      assert.equal(await status.getAttribute("aria-busy"), "true");
      assert.deepEqual(await panel.findBarriers(), []);
      await answer(shown, 1, CHANGED);
      assert.equal(await status.getAttribute("aria-busy"), "false");
      assert.deepEqual(await textsOf(part), [
        ["Source", CHANGED.source],
        ["Dense", CHANGED.dense],
        ["Pruned", CHANGED.pruned],
      ]);
      assert.deepEqual(await part.locator("del").allTextContents(), ["[only dense]man stands[end]"]);
      assert.deepEqual(await part.locator("ins").allTextContents(), ["[only pruned]woman is[end]"]);
      assert.equal(await part.getByRole("button", { name: "Cancel" }).count(), 0);
      await part.scrollIntoViewIfNeeded();
      await panel.shoot(`live-sentence-${theme}`);
      assert.deepEqual(await panel.findBarriers(), []);
    });
  }

  it("is asked by the button too, once at a time, and the next one after it", async () => {
    const shown = await show();
    const { panel, part, input } = shown;
    const button = part.getByRole("button", { name: "Write" });
    await button.click();
    await part.getByText("Type a sentence first.").waitFor();
    await input.fill("ein hund");
    await button.click();
    // Playwright's own click waits until it is enabled.
    await button.dispatchEvent("click");
    await input.press("Enter");
    await answer(shown, 1, { source: "ein hund", unknown: [], dense: "a dog", pruned: "a dog" });
    assert.deepEqual(await textsOf(part), [
      ["Source", "ein hund"],
      ["Dense and pruned", "a dog"],
    ]);
    await input.fill("eine katze");
    await input.press("Enter");
    assert.equal(await shown.question(2), "eine katze");
    const asked = (await panel.posted()).filter(({ type }) => type === "write");
    assert.deepEqual(
      asked.map(({ text }) => text),
      ["ein hund", "eine katze"],
    );
  });

  it("can be taken back by keyboard, and its answer is then not shown", async () => {
    const shown = await show();
    const { panel, part, input } = shown;
    await input.fill("ein hund");
    await input.press("Enter");
    await shown.question(1);
    await part.getByRole("button", { name: "Cancel" }).waitFor();
    await panel.page.keyboard.press("Tab");
    await panel.page.keyboard.press("Tab");
    assert.equal(await panel.page.evaluate(() => document.activeElement?.textContent), "Cancel");
    await panel.page.keyboard.press("Enter");
    await waitFor(panel, ({ type }) => type === "stopWriting");
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    await panel.post({ type: "written", id: 1, problem: "The question was taken back." });
    await input.press("Enter");
    await shown.question(2);
    await panel.post({ type: "written", id: 2, problem: "words.ts has changed. Put it back <b>as it was</b>." });
    await part.getByText("words.ts has changed. Put it back <b>as it was</b>.").waitFor();
    assert.equal(await part.getByText("taken back").count(), 0);
  });

  it("is told of what could not be read, or compared, and shows hostile texts as text", async () => {
    const shown = await show({ width: 420 });
    const { panel, part, input } = shown;
    await input.fill("<img src=x onerror=alert(1)>");
    await input.press("Enter");
    await shown.question(1);
    await answer(shown, 1, {
      source: "<img src=x onerror=alert(1)> \u202e",
      read: 1200,
      unknown: ["<b>zzz</b>", "\u202eyyy"],
      pruned: "<script>alert(1)</script>",
    });
    assert.deepEqual(await textsOf(part), [
      ["Source", "<img src=x onerror=alert(1)> ⟨U+202E⟩"],
      ["Pruned", "<script>alert(1)</script>"],
    ]);
    assert.deepEqual(await part.locator(".empty").allTextContents(), [
      "Only its first 1,200 tokens are read: text.length.",
      "Not in the vocabulary: <b>zzz</b>, ⟨U+202E⟩yyy.",
      "The run has kept no dense reference.",
    ]);
    assert.equal(await part.locator("img, b, script").count(), 0);
    const width = await panel.page.evaluate(() => [document.body.scrollWidth, window.innerWidth] as const);
    assert.ok(width[0] <= width[1], String(width));
    await panel.shoot("live-sentence-narrow");
    assert.deepEqual(await panel.findBarriers(), []);
  });

  it("waits while the run is trained again", async () => {
    const { panel, part, input } = await show();
    await panel.post({ type: "events", name: "net", state: "running", events: [] });
    await part.getByText("A sentence can be tried when the run has ended.").waitFor();
    assert.deepEqual(
      [await input.isDisabled(), await part.getByRole("button", { name: "Write" }).isDisabled()],
      [true, true],
    );
    assert.deepEqual(await panel.findBarriers(), []);
    await panel.post({ type: "events", name: "net", state: "done", events: [] });
    await part.getByText("A sentence can be tried").waitFor({ state: "detached" });
    assert.equal(await input.isDisabled(), false);
  });
});
