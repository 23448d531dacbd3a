/** Columns of tables whose values have types: numbers, truth values, words, or nested arrays of numbers. */
import { fail } from "../files.ts";
import { sizeOf } from "../types.ts";
import { type Column, MOST_CATEGORIES, refuseWords, wordColumn } from "./table.ts";

/** Axes of an array; TensorFlow.js has no tensors with more than six. */
const MOST_AXES = 5;
/** Values; a few large arrays are kept more cheaply than many small ones. */
const MOST_IN_CHUNK = 2 ** 18;
const FIRST_CHUNK = 2 ** 8;

type Kind = "number" | "word" | "array";

/** Grows value by value, each of the kind and shape of the first, of which nobody knows how many there will be. */
export class TypedColumn {
  private kind: Kind | undefined;
  private shape: readonly number[] = [];
  private readonly words = new Map<string, number>();
  private length = 0;
  private readonly chunks: Float32Array[] = [];
  /** Of the last chunk, how much is in use. */
  private used = 0;

  constructor(
    private readonly file: string,
    readonly name: string,
    /** What the file counts, for messages. */
    private readonly unit: "line" | "row",
  ) {}

  /** Numbers in one row. */
  get width(): number {
    return sizeOf(this.shape);
  }

  /**
   * @param at line or row, from 1
   * @throws WhittleError that names it
   */
  add(value: unknown, at: number): void {
    const kind = this.kindOf(value, at);
    if (this.kind === undefined) {
      this.kind = kind;
      if (kind === "array") this.shape = this.shapeOf(value, at);
    } else if (kind !== this.kind) {
      this.refuse(at, `is ${named(kind)}, but ${named(this.kind)} before`, "Give values of one kind.");
    }
    if (kind === "word") this.push(this.idOf(String(value)));
    else this.addNumbers(value, this.shape, at);
  }

  /** What has been added; nothing can be afterwards. */
  finish(): Column {
    const values = new Float32Array(this.length);
    let at = 0;
    // Each is let go of as soon as it is copied.
    for (let chunk = this.chunks.shift(); chunk !== undefined; chunk = this.chunks.shift()) {
      values.set(chunk.subarray(0, Math.min(chunk.length, this.length - at)), at);
      at += chunk.length;
    }
    return this.kind === "word"
      ? wordColumn(this.name, [...this.words.keys()], values)
      : { name: this.name, kind: "numbers", shape: this.shape, values };
  }

  private kindOf(value: unknown, at: number): Kind {
    if (value === null || value === undefined) this.refuse(at, "has no value", "Fill it, or leave it out everywhere.");
    if (typeof value === "number" || typeof value === "bigint") return "number";
    if (typeof value === "string" || typeof value === "boolean") return "word";
    if (Array.isArray(value)) return "array";
    const what = value instanceof Date ? "a date" : value instanceof Uint8Array ? "bytes" : "an object";
    this.refuse(at, `is ${what}`, "Leave it out, or make numbers of it.");
  }

  private shapeOf(value: unknown, at: number): readonly number[] {
    const shape: number[] = [];
    for (let inner = value; Array.isArray(inner); inner = inner[0]) {
      if (inner.length === 0) this.refuse(at, "has an empty array", "Give arrays of numbers.");
      shape.push(inner.length);
      if (shape.length > MOST_AXES) this.refuse(at, `has over ${MOST_AXES} axes`, "Give arrays of fewer axes.");
    }
    return shape;
  }

  private addNumbers(value: unknown, shape: readonly number[], at: number): void {
    const [length, ...rest] = shape;
    if (length === undefined) {
      const isNumber = typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
      if (!isNumber) this.refuse(at, "has something else than a number", `Give numbers${this.inShape()}.`);
      const number = Math.fround(Number(value));
      if (!Number.isFinite(number))
        this.refuse(at, `has ${value}, no finite number of 32 bits`, "Give finite numbers.");
      this.push(number);
    } else {
      if (!Array.isArray(value) || value.length !== length)
        this.refuse(at, "has another shape than before", `Give numbers${this.inShape()} everywhere.`);
      for (const each of value) this.addNumbers(each, rest, at);
    }
  }

  private inShape(): string {
    return this.shape.length === 0 ? "" : `, ${this.shape.join(" × ")}`;
  }

  private idOf(word: string): number {
    const known = this.words.get(word);
    if (known !== undefined) return known;
    if (this.words.size === MOST_CATEGORIES) refuseWords(this.file, this.name);
    this.words.set(word, this.words.size);
    return this.words.size - 1;
  }

  private push(value: number): void {
    let last = this.chunks.at(-1);
    if (last === undefined || this.used === last.length) {
      last = new Float32Array(Math.min(Math.max(this.length, FIRST_CHUNK), MOST_IN_CHUNK));
      this.chunks.push(last);
      this.used = 0;
    }
    last[this.used++] = value;
    this.length += 1;
  }

  private refuse(at: number, what: string, remedy: string): never {
    fail(`${this.file}: "${this.name}" in ${this.unit} ${at} ${what}.`, remedy);
  }
}

const named = (kind: Kind): string => (kind === "array" ? "an array" : `a ${kind}`);
