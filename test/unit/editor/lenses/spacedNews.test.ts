import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SpacedNews } from "../../../../src/editor/lenses/spacedNews.ts";

/** As VS Code's own: asks `delayMs` after the last telling, unless it loses the focus meanwhile. */
function makeEditor(delayMs: number, patienceMs: number) {
  const editor = { tellings: 0, answers: [] as number[], value: 0 };
  let timer: NodeJS.Timeout | undefined;
  const news = new SpacedNews(
    () => {
      editor.tellings += 1;
      clearTimeout(timer);
      timer = setTimeout(ask, delayMs);
    },
    5,
    patienceMs,
  );
  const ask = () => {
    news.asked();
    editor.answers.push(editor.value);
  };
  return { editor, news, blur: () => clearTimeout(timer) };
}

describe("SpacedNews", () => {
  it("lets an editor that waits for silence ask while changes never cease, and shows the last one", async () => {
    const { editor, news } = makeEditor(20, 5000);
    while (editor.answers.length < 3) {
      editor.value += 1;
      news.change();
      await sleep(1);
    }
    assert.ok(editor.tellings <= 4, "told once for each time that it asked");
    while (editor.answers.at(-1) !== editor.value) await sleep(5);
    news.dispose();
  });

  it("tells of a first change at once", () => {
    const { editor, news } = makeEditor(20, 5000);
    news.change();
    assert.equal(editor.tellings, 1);
    news.dispose();
  });

  it("tells again an editor that has forgotten it", async () => {
    const { editor, news, blur } = makeEditor(10, 30);
    news.change();
    blur();
    while (editor.answers.length === 0) await sleep(5);
    assert.equal(editor.tellings, 2);
    news.dispose();
  });

  it("has learned how long an editor takes that it told again too early", async () => {
    const { editor, news } = makeEditor(60, 20);
    news.change();
    while (editor.answers.length < 1) await sleep(5);
    const before = editor.tellings;
    news.change();
    while (editor.answers.length < 2) await sleep(5);
    assert.ok(before > 1);
    assert.equal(editor.tellings, before + 1);
    news.dispose();
  });

  it("leaves off telling where nobody asks, and begins again with the next change", async () => {
    let tellings = 0;
    const news = new SpacedNews(() => tellings++, 1, 1);
    news.change();
    while (tellings < 7) await sleep(5);
    await sleep(200);
    assert.equal(tellings, 7);
    news.change();
    assert.equal(tellings, 8);
    news.dispose();
  });
});
