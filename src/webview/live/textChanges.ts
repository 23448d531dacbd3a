/** What two texts have not in common, word by word. No browser in here. */
import { diffArrays } from "diff";

/** A part of a text, and which of the two texts have it. */
export interface Piece {
  readonly text: string;
  readonly of: "both" | "dense" | "pruned";
}

export interface TextChanges {
  readonly dense: readonly Piece[];
  readonly pruned: readonly Piece[];
  /** Other spaces between the same words are no change. */
  readonly isChanged: boolean;
}

interface Word {
  /** With the spaces behind it, the first one also with those before it. */
  readonly text: string;
  readonly word: string;
}

/** With more words left out and put in, everything counts as changed: the time to find out more grows with their square. */
const MOST_EDITS = 400;

/** UTF-16 units. In longer texts only spaces end a word: the segmenter's time grows with their square. */
const LONG = 10_000;
/** Also finds words where no spaces stand between them. */
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "word" });

export function textChanges(dense: string, pruned: string): TextChanges {
  const isLong = Math.max(dense.length, pruned.length) > LONG;
  const [before, after] = [wordsOf(dense, isLong), wordsOf(pruned, isLong)];
  const changes = diffArrays(before, after, {
    comparator: (a, b) => a.word === b.word,
    maxEditLength: MOST_EDITS,
  }) ?? [
    { removed: true, added: false, count: before.length },
    { removed: false, added: true, count: after.length },
  ];
  const [left, right] = [piecesOf(before), piecesOf(after)];
  for (const { removed, added, count } of changes) {
    if (!added) {
      left.take(count, removed ? "dense" : "both");
    }
    if (!removed) {
      right.take(count, added ? "pruned" : "both");
    }
  }
  const isChanged = [...left.pieces, ...right.pieces].some(({ of }) => of !== "both");
  return { dense: left.pieces, pruned: right.pieces, isChanged };
}

/** @returns pieces of the first `most` UTF-16 units, no character of them cut in two */
export function firstPieces(pieces: readonly Piece[], most: number): readonly Piece[] {
  const first: Piece[] = [];
  let left = most;
  for (const piece of pieces) {
    if (piece.text.length > left) {
      const isPair = /[\ud800-\udbff]/.test(piece.text.charAt(left - 1));
      return [...first, { ...piece, text: piece.text.slice(0, isPair ? left - 1 : left) }];
    }
    first.push(piece);
    left -= piece.text.length;
  }
  return first;
}

function wordsOf(text: string, isLong: boolean): Word[] {
  const words: { text: string; word: string }[] = [];
  const segments = isLong ? (text.match(/\S+|\s+/gu) ?? []) : Array.from(SEGMENTER.segment(text), (one) => one.segment);
  for (const segment of segments) {
    const word = segment.trim();
    const last = words.at(-1);
    if (last !== undefined && (word === "" || last.word === "")) {
      last.text += segment;
      last.word += word;
    } else {
      words.push({ text: segment, word });
    }
  }
  return words;
}

function piecesOf(words: readonly Word[]) {
  const pieces: Piece[] = [];
  let at = 0;
  return {
    pieces,
    /** Of the next words; spaces behind the last changed one are not marked. */
    take(count: number, of: Piece["of"]): void {
      const taken = words.slice(at, at + count);
      const text = taken.map((one) => one.text).join("");
      const body = of === "both" ? text : text.trimEnd();
      const parts: readonly Piece[] = [
        { text: body, of },
        { text: text.slice(body.length), of: "both" },
      ];
      pieces.push(...parts.filter((part) => part.text !== ""));
      at += count;
    },
  };
}
