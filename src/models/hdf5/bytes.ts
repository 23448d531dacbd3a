/** Bytes of an HDF5 file, read with every address and length checked: a file may claim anything. */
import { ContentError } from "./contents.ts";

const ASCII = new TextDecoder("latin1");

export class Bytes {
  private readonly view: DataView;

  /** @param file bytes of the whole file, which addresses count in */
  constructor(
    readonly all: Uint8Array,
    private readonly file = all.length,
  ) {
    this.view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  get length(): number {
    return this.all.length;
  }

  u8(at: number): number {
    return this.view.getUint8(this.check(at, 1));
  }

  u16(at: number): number {
    return this.view.getUint16(this.check(at, 2), true);
  }

  u32(at: number): number {
    return this.view.getUint32(this.check(at, 4), true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(this.check(at, 8), true);
  }

  /** A length, or the address of something, within the file. */
  size(at: number): number {
    const value = this.u64(at);
    if (value > BigInt(this.file))
      throw new ContentError(`is cut off or damaged: it claims ${value} bytes of something`);
    return Number(value);
  }

  part(at: number, length: number): Bytes {
    return new Bytes(this.all.subarray(this.check(at, length), at + length), this.file);
  }

  /** @throws ContentError unless the four letters stand there that mark a kind of block */
  expect(at: number, mark: string): void {
    if (ASCII.decode(this.part(at, mark.length).all) !== mark) {
      throw new ContentError(`is damaged: ${mark} is missing at byte ${at}`);
    }
  }

  private check(at: number, length: number): number {
    if (at + length <= this.length) return at;
    throw new ContentError(`is cut off or damaged: there is no byte ${at + length}`);
  }
}

/** Up to the first zero, if any. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}
