/** Writes HDF5 in the form that h5py gives Keras's files, and `readHdf5.ts` reads. */
import { type Hdf5Array, type Hdf5Group, type Hdf5Text, MESSAGE, NOWHERE, SIGNATURE } from "./contents.ts";
import { IS_LITTLE_ENDIAN } from "./values.ts";

/** Of every file, at its start: version 0, addresses and lengths of 8 bytes. */
const SUPERBLOCK = 96;
/** Entries of a table's leaf, and children of a node of a group's tree; HDF5 wants to be told half of both. */
const LEAF_ENTRIES = 8;
const NODE_CHILDREN = 32;
const ENTRY = 40;
/** A message's length has 16 bits: what does not fit is written as several attributes, with numbers behind their name. */
const MOST_TEXTS = 2000;
/** Of the heap of texts that lies before everything else. */
const SMALLEST_HEAP = 4096;
/** The numbers of a heap's texts have 16 bits. */
const MOST_IN_HEAP = 60_000;

/** A float of 4 bytes, as IEEE says where its parts lie. */
const FLOAT32 = Uint8Array.of(0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0);
/** A text of any length in UTF-8: 16 bytes that say where it is, of values of one byte each. */
const TEXT = Uint8Array.of(0x19, 0x01, 0x01, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0);
/** Values are there once they are written, and nothing else is. */
const NO_FILL_VALUE = Uint8Array.of(2, 2, 2, 0);

const encoder = new TextEncoder();
const padded = (length: number): number => Math.ceil(length / 8) * 8;

export function writeHdf5(root: Hdf5Group): Uint8Array {
  const writer = new Writer();
  writer.writeTexts(root);
  return writer.finish(writer.writeGroup(root));
}

/** Bytes that are filled one number after the other. */
class Block {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.view.setUint8(this.at++, value);
    return this;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  u64(value: number | bigint): this {
    this.view.setBigUint64(this.at, BigInt(value), true);
    this.at += 8;
    return this;
  }

  put(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  /** Up to a multiple of 8. */
  pad(): this {
    this.at = padded(this.at);
    return this;
  }
}

interface Message {
  readonly kind: number;
  readonly data: Uint8Array;
}

interface Written {
  readonly header: number;
  /** Where a group's tree and names lie, which its entry in the table above says as well. */
  readonly table?: readonly [tree: number, names: number];
}

class Writer {
  private readonly blocks: Uint8Array[] = [];
  private end = SUPERBLOCK;
  private readonly texts = new Map<
    string,
    { readonly heap: number; readonly index: number; readonly length: number }
  >();

  /** @returns where it lies */
  private add(bytes: Uint8Array): number {
    const address = this.end;
    this.blocks.push(bytes);
    const rest = padded(bytes.length) - bytes.length;
    if (rest > 0) this.blocks.push(new Uint8Array(rest));
    this.end += bytes.length + rest;
    return address;
  }

  /** All texts of attributes, each once, in heaps. */
  writeTexts(root: Hdf5Group): void {
    const all = [...new Set(textsIn(root))].map((text) => ({ text, bytes: encoder.encode(text) }));
    for (let from = 0; from < all.length; from += MOST_IN_HEAP) {
      const some = all.slice(from, from + MOST_IN_HEAP);
      const used = some.reduce((sum, { bytes }) => sum + 16 + padded(bytes.length), 16);
      const size = Math.max(SMALLEST_HEAP, used + 16);
      const heap = new Block(size).put(encoder.encode("GCOL")).u8(1, 0, 0, 0).u64(size);
      for (const [at, { text, bytes }] of some.entries()) {
        this.texts.set(text, { heap: this.end, index: at + 1, length: bytes.length });
        heap
          .u16(at + 1)
          .u16(1)
          .u32(0)
          .u64(bytes.length)
          .put(bytes)
          .pad();
      }
      // What is free, in an object of its own without a number.
      this.add(
        heap
          .u16(0)
          .u16(0)
          .u32(0)
          .u64(size - used).bytes,
      );
    }
  }

  writeGroup({ attributes, groups, arrays }: Hdf5Group): Written {
    const entries = [
      ...[...groups].map(([name, group]) => ({ name: encoder.encode(name), ...this.writeGroup(group) })),
      ...[...arrays].map(([name, array]) => ({ name: encoder.encode(name), ...this.writeArray(array) })),
    ].sort((one, other) => Buffer.compare(one.name, other.name));
    // The empty name, which every tree begins with, is the first.
    const starts: number[] = [];
    let length = 8;
    for (const { name } of entries) {
      starts.push(length);
      length += padded(name.length + 1);
    }
    const heap = new Uint8Array(length);
    for (const [index, { name }] of entries.entries()) heap.set(name, starts[index]);
    const names = this.add(
      new Block(32)
        .put(encoder.encode("HEAP"))
        .u8(0, 0, 0, 0)
        .u64(length)
        .u64(1)
        .u64(this.end + 32).bytes,
    );
    this.add(heap);
    const leaves = Array.from({ length: Math.max(1, Math.ceil(entries.length / LEAF_ENTRIES)) }, (_, leaf) => {
      const from = leaf * LEAF_ENTRIES;
      const own = entries.slice(from, from + LEAF_ENTRIES);
      const node = new Block(8 + LEAF_ENTRIES * ENTRY).put(encoder.encode("SNOD")).u8(1, 0).u16(own.length);
      for (const [index, entry] of own.entries()) putEntry(node, starts[from + index] ?? 0, entry);
      return { at: this.add(node.bytes), last: starts[from + own.length - 1] ?? 0 };
    });
    const table = [this.writeTree(leaves, 0), names] as const;
    const symbols = { kind: MESSAGE.symbolTable, data: new Block(16).u64(table[0]).u64(table[1]).bytes };
    return { header: this.writeHeader([symbols, ...this.attributesOf(attributes)]), table };
  }

  /** @param children of the lowest nodes the leaves, each with where the last of its names lies */
  private writeTree(children: readonly { readonly at: number; readonly last: number }[], level: number): number {
    const nodes = Array.from({ length: Math.ceil(children.length / NODE_CHILDREN) }, (_, index) => {
      const from = index * NODE_CHILDREN;
      const own = children.slice(from, from + NODE_CHILDREN);
      const node = new Block(32 + 16 * NODE_CHILDREN + 8).put(encoder.encode("TREE")).u8(0, level).u16(own.length);
      // Its neighbours: HDF5 does not need them to find a name.
      node
        .u64(NOWHERE)
        .u64(NOWHERE)
        .u64(children[from - 1]?.last ?? 0);
      for (const { at, last } of own) node.u64(at).u64(last);
      return { at: this.add(node.bytes), last: own.at(-1)?.last ?? 0 };
    });
    const [only, ...more] = nodes;
    return only !== undefined && more.length === 0 ? only.at : this.writeTree(nodes, level + 1);
  }

  private writeArray({ shape, values }: Hdf5Array): Written {
    const length = 4 * values.length;
    const place = values.length === 0 ? NOWHERE : this.add(littleEndian(values));
    return {
      header: this.writeHeader([
        { kind: MESSAGE.dataspace, data: dataspaceOf(shape) },
        { kind: MESSAGE.datatype, data: FLOAT32 },
        { kind: MESSAGE.fillValue, data: NO_FILL_VALUE },
        { kind: MESSAGE.layout, data: new Block(18).u8(3, 1).u64(place).u64(length).bytes },
      ]),
    };
  }

  private attributesOf(attributes: ReadonlyMap<string, Hdf5Text>): readonly Message[] {
    return [...attributes].flatMap(([name, text]) => {
      if (typeof text === "string") return [this.attributeOf(name, [], [text])];
      if (text.length <= MOST_TEXTS) return [this.attributeOf(name, [text.length], text)];
      return Array.from({ length: Math.ceil(text.length / MOST_TEXTS) }, (_, part) => {
        const some = text.slice(part * MOST_TEXTS, (part + 1) * MOST_TEXTS);
        return this.attributeOf(`${name}${part}`, [some.length], some);
      });
    });
  }

  private attributeOf(name: string, shape: readonly number[], texts: readonly string[]): Message {
    const [bytes, space] = [encoder.encode(`${name}\0`), dataspaceOf(shape)];
    const length = 8 + padded(bytes.length) + padded(TEXT.length) + padded(space.length) + 16 * texts.length;
    const block = new Block(length).u8(1, 0).u16(bytes.length).u16(TEXT.length).u16(space.length);
    block.put(bytes).pad().put(TEXT).pad().put(space).pad();
    for (const text of texts) {
      const { heap, index, length: bytesOfText } = this.texts.get(text) ?? { heap: 0, index: 0, length: 0 };
      block.u32(bytesOfText).u64(heap).u32(index);
    }
    return { kind: MESSAGE.attribute, data: block.bytes };
  }

  private writeHeader(messages: readonly Message[]): number {
    const length = messages.reduce((sum, { data }) => sum + 8 + padded(data.length), 0);
    const block = new Block(16 + length).u8(1, 0).u16(messages.length).u32(1).u32(length).pad();
    for (const { kind, data } of messages) {
      block.u16(kind).u16(padded(data.length)).u8(0, 0, 0, 0).put(data).pad();
    }
    return this.add(block.bytes);
  }

  finish(root: Written): Uint8Array {
    const start = new Block(SUPERBLOCK).put(SIGNATURE).u8(0, 0, 0, 0, 0, 8, 8, 0);
    start
      .u16(LEAF_ENTRIES / 2)
      .u16(NODE_CHILDREN / 2)
      .u32(0);
    start.u64(0).u64(NOWHERE).u64(this.end).u64(NOWHERE);
    putEntry(start, 0, root);
    return new Uint8Array(Buffer.concat([start.bytes, ...this.blocks]));
  }
}

function putEntry(block: Block, name: number, { header, table }: Written): void {
  block
    .u64(name)
    .u64(header)
    .u32(table === undefined ? 0 : 1)
    .u32(0)
    .u64(table?.[0] ?? 0)
    .u64(table?.[1] ?? 0);
}

function dataspaceOf(shape: readonly number[]): Uint8Array {
  const block = new Block(8 + 8 * shape.length).u8(1, shape.length, 0, 0, 0, 0, 0, 0);
  for (const length of shape) block.u64(length);
  return block.bytes;
}

function* textsIn({ attributes, groups }: Hdf5Group): Generator<string> {
  for (const text of attributes.values()) yield* [text].flat().filter((each) => each !== "");
  for (const group of groups.values()) yield* textsIn(group);
}

/** Their own bytes where the machine stores numbers so, as nearly every one does. */
function littleEndian(values: Float32Array): Uint8Array {
  if (IS_LITTLE_ENDIAN) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  for (const [index, value] of values.entries()) view.setFloat32(4 * index, value, true);
  return new Uint8Array(view.buffer);
}
