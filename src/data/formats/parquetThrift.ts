/**
 * The bounds of what Parquet files say of themselves, in Thrift's compact protocol: lists as long as there are bytes for them, depth, and
 * an end. hyparquet, which reads it afterwards, would allocate whatever a damaged file says.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const MOST_DEPTH = 16;
const LONGEST_NUMBER = 10;
const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/** @throws Error where the structure that begins with the bytes does not end within them, or says what cannot be */
export function checkThrift(bytes: Uint8Array): void {
  new Walk(bytes).struct(0);
}

/** Unsigned, of 32 bits. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let length = 0; length < LONGEST_NUMBER; length++) {
    const byte = bytes[at + length];
    if (byte === undefined) throw new Error("a number is cut off");
    value |= (byte & 0x7f) << (7 * length);
    if (byte < 0x80) return { value: value >>> 0, next: at + length + 1 };
  }
  throw new Error("a number is too long");
}

class Walk {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  struct(depth: number): void {
    if (depth > MOST_DEPTH) throw new Error("what it says of itself is nested too deep");
    for (;;) {
      const head = this.byte();
      const type = head & 0x0f;
      if (type === STOP) return;
      if (head >> 4 === 0) this.number();
      // A field's truth value is its type.
      if (type !== TRUE && type !== FALSE) this.value(type, depth);
    }
  }

  private value(type: number, depth: number): void {
    if (type === TRUE || type === FALSE || type === BYTE) this.skip(1);
    else if (type === I16 || type === I32 || type === I64) this.number();
    else if (type === DOUBLE) this.skip(8);
    else if (type === BINARY) this.skip(this.number());
    else if (type === LIST) this.list(depth + 1);
    else if (type === STRUCT) this.struct(depth + 1);
    else throw new Error(`what it says of itself has the unknown type ${type}`);
  }

  private list(depth: number): void {
    if (depth > MOST_DEPTH) throw new Error("what it says of itself is nested too deep");
    const head = this.byte();
    const length = head >> 4 === 15 ? this.number() : head >> 4;
    for (let element = 0; element < length; element++) this.value(head & 0x0f, depth);
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error("what it says of itself is cut off");
    this.at += 1;
    return byte;
  }

  private number(): number {
    const { value, next } = readVarint(this.bytes, this.at);
    this.at = next;
    return value;
  }

  private skip(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) throw new Error("what it says of itself is cut off");
  }
}
