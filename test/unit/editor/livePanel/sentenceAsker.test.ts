import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Writing } from "../../../../src/controller/writing.ts";
import { SentenceAsker } from "../../../../src/editor/livePanel/sentenceAsker.ts";

/** In place of a process: answers at once, or ends. */
class FakeWriting implements Writing {
  readonly opened = Promise.resolve();
  readonly asked: string[] = [];
  isOpen = true;

  async ask(texts: readonly string[]) {
    this.asked.push(...texts);
    if (texts.includes("crash")) {
      this.isOpen = false;
      throw new Error("it ended");
    }
    return texts.map((source) => ({ source, unknown: [], pruned: source.toUpperCase() }));
  }

  close(): void {
    this.isOpen = false;
  }
}

describe("sentences tried in a panel", () => {
  const started: FakeWriting[] = [];
  const askers: SentenceAsker[] = [];
  const create = (idleMs?: number): SentenceAsker => {
    const asker = new SentenceAsker(() => {
      const writing = new FakeWriting();
      started.push(writing);
      return writing;
    }, idleMs);
    askers.push(asker);
    return asker;
  };
  beforeEach(() => {
    started.length = 0;
  });
  afterEach(() => {
    for (const asker of askers.splice(0)) asker.end();
  });

  it("are asked in one process, which starts with the first", async () => {
    const asker = create();
    assert.equal(started.length, 0);
    assert.equal((await asker.ask("a dog")).pruned, "A DOG");
    assert.equal((await asker.ask("a cat")).pruned, "A CAT");
    assert.deepEqual(
      started.map(({ asked }) => asked),
      [["a dog", "a cat"]],
    );
  });

  it("leave no process behind that nobody asks for long; the next one starts another", async () => {
    const asker = create(20);
    await asker.ask("a");
    await asker.ask("b");
    while (started[0]?.isOpen) await sleep(5);
    await asker.ask("c");
    assert.deepEqual(
      started.map(({ asked }) => asked),
      [["a", "b"], ["c"]],
    );
  });

  it("are asked in another one after it has ended, by itself or because nobody waits", async () => {
    const asker = create();
    await assert.rejects(asker.ask("crash"), /it ended/);
    assert.equal((await asker.ask("a")).pruned, "A");
    asker.end();
    assert.deepEqual(
      started.map(({ isOpen }) => isOpen),
      [false, false],
    );
    await asker.ask("b");
    assert.equal(started.length, 3);
  });

  it("leave nothing to end where none was tried", () => {
    create().end();
    assert.equal(started.length, 0);
  });
});
