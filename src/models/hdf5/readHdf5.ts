/**
 * Reads HDF5 files as h5py writes them for Keras: the oldest form of the format (superblock 0, groups as symbol tables, arrays in
 * one piece), https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html. Ours, since HDF5's own library, compiled
 * to WebAssembly by h5wasm, hangs in 1 of 60 files with a few flipped bits and crashes in 1 of 40.
 *
 * A file is not trusted: every address is checked, what is read takes no more memory than a few times the file, and links to other
 * files, or to other places of this one, are refused.
 */
import { sizeOf } from "../shapes.ts";
import { Bytes, textOf } from "./bytes.ts";
import {
  ContentError,
  DATATYPE,
  type Hdf5Array,
  type Hdf5Group,
  type Hdf5Text,
  MESSAGE,
  NOWHERE,
  SIGNATURE,
} from "./contents.ts";
import { type Datatype, readDataspace, readDatatype, readFixedTexts, readNumbers } from "./values.ts";

/** Groups in groups; Keras has some ten. */
const DEEPEST = 100;
const ROOT_HEADER = 64;
/** Bytes of an entry of a symbol table. */
const ENTRY = 40;
/** What an entry says of a link to another place. */
const SOFT_LINK = 2;

const REFUSED: ReadonlyMap<number, string> = new Map([
  [MESSAGE.linkInfo, "links to other files, or groups in the newer form of HDF5"],
  [MESSAGE.link, "links to other files, or groups in the newer form of HDF5"],
  [MESSAGE.externalFiles, "arrays that lie in other files"],
  [MESSAGE.filters, "compressed arrays"],
  [MESSAGE.attributeInfo, "attributes in the newer form of HDF5"],
]);

/** @throws ContentError in words that complete "FILE …" */
export function readHdf5(file: Uint8Array): Hdf5Group {
  if (SIGNATURE.some((byte, at) => file[at] !== byte)) throw new ContentError("is no HDF5 file");
  const bytes = new Bytes(file);
  const version = bytes.u8(8);
  if (version !== 0) throw new ContentError(`is HDF5 of a newer form (superblock ${version}) than Keras writes`);
  if (bytes.u8(13) !== 8 || bytes.u8(14) !== 8 || bytes.u64(24) !== 0n) {
    throw new ContentError("is HDF5 with addresses other than Keras writes");
  }
  return new Reader(bytes).readGroup(bytes.size(ROOT_HEADER), 0);
}

interface Message {
  readonly kind: number;
  readonly data: Bytes;
}

class Reader {
  /** What may still be made of the file: bytes of arrays and texts, and steps. None of them comes twice in an honest file. */
  private left: number;
  private readonly heaps = new Map<number, ReadonlyMap<number, Bytes>>();

  constructor(private readonly bytes: Bytes) {
    this.left = 4 * bytes.length;
  }

  private spend(amount: number): void {
    this.left -= amount;
    if (!(this.left >= 0)) throw new ContentError("claims to hold more than it has bytes");
  }

  readGroup(header: number, depth: number): Hdf5Group {
    return this.groupOf(this.readMessages(header), depth);
  }

  private groupOf(messages: readonly Message[], depth: number): Hdf5Group {
    if (depth > DEEPEST) throw new ContentError("has groups in a circle");
    const groups = new Map<string, Hdf5Group>();
    const arrays = new Map<string, Hdf5Array>();
    const table = messages.find(({ kind }) => kind === MESSAGE.symbolTable)?.data;
    if (table === undefined) throw new ContentError("is damaged: a group lacks its table");
    for (const [name, header] of this.entriesOf(table.size(0), this.namesOf(table.size(8)))) {
      const inside = this.readMessages(header);
      if (inside.some(({ kind }) => kind === MESSAGE.symbolTable)) {
        groups.set(name, this.groupOf(inside, depth + 1));
        continue;
      }
      const array = this.arrayOf(inside);
      if (array !== undefined) arrays.set(name, array);
    }
    return { attributes: this.attributesOf(messages), groups, arrays };
  }

  /** The heap that the names of a group lie in. */
  private namesOf(heap: number): Bytes {
    this.bytes.expect(heap, "HEAP");
    return this.bytes.part(this.bytes.size(heap + 24), this.bytes.size(heap + 8));
  }

  /** Names and headers below a node of a group's tree. */
  private *entriesOf(node: number, names: Bytes, depth = 0): Generator<readonly [name: string, header: number]> {
    this.spend(ENTRY);
    if (depth > DEEPEST) throw new ContentError("has a table in a circle");
    this.bytes.expect(node, "TREE");
    const count = this.bytes.u16(node + 6);
    const isLowest = this.bytes.u8(node + 5) === 0;
    for (let index = 0; index < count; index++) {
      const child = this.bytes.size(node + 32 + 16 * index);
      if (isLowest) yield* this.symbolsOf(child, names);
      else yield* this.entriesOf(child, names, depth + 1);
    }
  }

  private *symbolsOf(node: number, names: Bytes): Generator<readonly [name: string, header: number]> {
    this.bytes.expect(node, "SNOD");
    const count = this.bytes.u16(node + 6);
    for (let index = 0; index < count; index++) {
      this.spend(ENTRY);
      const entry = node + 8 + ENTRY * index;
      const start = this.bytes.size(entry);
      const name = textOf(names.part(start, Math.max(0, names.length - start)).all);
      if (this.bytes.u32(entry + 16) === SOFT_LINK) throw new ContentError(`has a link in place of "${name}"`);
      yield [name, this.bytes.size(entry + 8)];
    }
  }

  private readMessages(header: number): readonly Message[] {
    if (this.bytes.u8(header) !== 1)
      throw new ContentError("is damaged, or has headers of a newer form than Keras writes");
    const messages: Message[] = [];
    const blocks = [{ at: header + 16, length: this.bytes.u32(header + 8) }];
    for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
      const { at, length } = block;
      for (let next = at; next + 8 <= at + length; ) {
        this.spend(8);
        const kind = this.bytes.u16(next);
        const data = this.bytes.part(next + 8, this.bytes.u16(next + 2));
        const refused = REFUSED.get(kind);
        if (refused !== undefined) throw new ContentError(`has ${refused}, which are not supported`);
        if ((this.bytes.u8(next + 4) & 2) !== 0) throw new ContentError("has shared messages, which are not supported");
        if (kind === MESSAGE.continuation) blocks.push({ at: data.size(0), length: data.size(8) });
        else messages.push({ kind, data });
        next += 8 + data.length;
      }
    }
    return messages;
  }

  /** @returns undefined for what are no numbers */
  private arrayOf(messages: readonly Message[]): Hdf5Array | undefined {
    const of = (kind: number): Bytes => {
      const found = messages.find((message) => message.kind === kind);
      if (found === undefined) throw new ContentError("is damaged: an array lacks its shape, type or place");
      return found.data;
    };
    const [shape, type] = [readDataspace(of(MESSAGE.dataspace)), readDatatype(of(MESSAGE.datatype))];
    const bytes = this.placeOf(of(MESSAGE.layout), sizeOf(shape) * type.size);
    const values = readNumbers(bytes.all, type);
    return values && { shape, values };
  }

  /** Where the values of an array lie: in one piece, or in the message itself. */
  private placeOf(layout: Bytes, length: number): Bytes {
    this.spend(length);
    const [version, kind] = [layout.u8(0), layout.u8(1)];
    if (version !== 3 || kind > 1) {
      throw new ContentError("has arrays in pieces (chunked, or put together of others), which are not supported");
    }
    if (kind === 0) return layout.part(4, length);
    if (layout.u64(2) !== NOWHERE) return this.bytes.part(layout.size(2), length);
    if (length > 0) throw new ContentError("has an array without values");
    return this.bytes.part(0, 0);
  }

  private attributesOf(messages: readonly Message[]): ReadonlyMap<string, Hdf5Text> {
    const found = messages.flatMap(({ kind, data }) => (kind === MESSAGE.attribute ? [this.attributeOf(data)] : []));
    return new Map(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  }

  /** @returns the name, and undefined for what is no text */
  private attributeOf(message: Bytes): readonly [name: string, text: Hdf5Text | undefined] {
    const version = message.u8(0);
    if (version < 1 || version > 3)
      throw new ContentError(`has attributes in version ${version}, which is not supported`);
    let at = version === 3 ? 9 : 8;
    const next = (length: number): Bytes => {
      const part = message.part(at, length);
      at += version === 1 ? Math.ceil(length / 8) * 8 : length;
      return part;
    };
    const name = textOf(next(message.u16(2)).all);
    const type = readDatatype(next(message.u16(4)));
    const shape = readDataspace(next(message.u16(6)));
    if (!type.isText) return [name, undefined];
    const count = sizeOf(shape);
    this.spend(count * type.size);
    const data = message.part(at, count * type.size);
    const texts = type.kind === DATATYPE.text ? readFixedTexts(data, type, count) : this.readTexts(data, type, count);
    return [name, shape.length === 0 ? (texts[0] ?? "") : texts];
  }

  /** Texts of any length lie in heaps, of which the attribute has only addresses. */
  private readTexts(data: Bytes, { size }: Datatype, count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => {
      const at = index * size;
      const length = data.u32(at);
      return length === 0 ? "" : textOf(this.objectOf(data.size(at + 4), data.u32(at + 12)).part(0, length).all);
    });
  }

  private objectOf(heap: number, index: number): Bytes {
    const objects = this.heaps.get(heap) ?? this.readHeap(heap);
    this.heaps.set(heap, objects);
    const found = objects.get(index);
    if (found === undefined) throw new ContentError("is damaged: a text is missing");
    this.spend(found.length);
    return found;
  }

  private readHeap(heap: number): ReadonlyMap<number, Bytes> {
    this.bytes.expect(heap, "GCOL");
    const objects = new Map<number, Bytes>();
    const end = heap + this.bytes.size(heap + 8);
    for (let at = heap + 16; at + 16 <= end; ) {
      this.spend(16);
      const index = this.bytes.u16(at);
      // What is free.
      if (index === 0) break;
      const object = this.bytes.part(at + 16, this.bytes.size(at + 8));
      objects.set(index, object);
      at += 16 + Math.ceil(object.length / 8) * 8;
    }
    return objects;
  }
}
