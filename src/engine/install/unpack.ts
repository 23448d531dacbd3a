/** Takes the wanted members out of a wheel, a zip file or a tar.gz. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { openPromise } from "yauzl";

export interface UnpackOptions {
  /** Path below the target folder for a member, or nothing to leave it out. */
  readonly place: (member: string) => string | undefined;
  readonly signal: AbortSignal;
  /** 0..1 */
  readonly onFraction: (fraction: number) => void;
}

/** @param archive a `.zip`, `.whl` or `.tar.gz` */
export async function unpack(archive: string, folder: string, options: UnpackOptions): Promise<void> {
  if (archive.endsWith(".tar.gz")) {
    await unpackTar(archive, folder, options);
  } else {
    await unpackZip(archive, folder, options);
  }
}

async function unpackZip(archive: string, folder: string, options: UnpackOptions): Promise<void> {
  // yauzl refuses member names that lead out of the folder, and files whose size or checksum is wrong.
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      options.signal.throwIfAborted();
      const place = entry.fileName.endsWith("/") ? undefined : options.place(entry.fileName);
      if (place !== undefined) {
        const file = join(folder, place);
        await mkdir(dirname(file), { recursive: true });
        const stream = await zip.openReadStreamPromise(entry);
        await pipeline(stream, createWriteStream(file), { signal: options.signal });
      }
      options.onFraction(zip.entriesRead / zip.entryCount);
    }
  } finally {
    zip.close();
  }
}

async function unpackTar(archive: string, folder: string, options: UnpackOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  await pipeline(
    createReadStream(archive),
    extract({
      cwd: folder,
      strict: true,
      filter: (member, entry) => {
        const place = "type" in entry && entry.type === "Directory" ? undefined : options.place(tidy(member));
        if (place !== undefined && "path" in entry) {
          entry.path = place;
        }
        return place !== undefined;
      },
    }),
    { signal: options.signal },
  );
  options.onFraction(1);
}

function tidy(member: string): string {
  return member.replaceAll(sep, "/").replace(/^\.\//, "");
}
