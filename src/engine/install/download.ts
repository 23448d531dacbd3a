/** One file over HTTPS to disk, with progress, a checksum and a deadline for silence. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { messageOf, WhittleError } from "../../protocol/errors.ts";
import type { Archive } from "./versions.ts";

const SILENCE_MS = 60_000;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** 0..1, or nothing where the server does not say how much there is. */
  readonly onFraction: (fraction: number | undefined) => void;
}

/**
 * @returns sha256 of the file, hexadecimal
 * @throws WhittleError naming the address; the abort reason when `signal` is aborted
 */
export async function download(archive: Archive, file: string, options: DownloadOptions): Promise<string> {
  const silence = new AbortController();
  let timer = setTimeout(giveUp, SILENCE_MS);
  function giveUp(): void {
    silence.abort(new Error(`no data for ${SILENCE_MS / 1000} seconds`));
  }
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const hash = createHash("sha256");
  try {
    const response = await fetch(archive.url, { signal });
    if (!response.ok || response.body === null) {
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    }
    const total = Number(response.headers.get("content-length") ?? Number.NaN);
    let received = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, SILENCE_MS);
        hash.update(chunk);
        received += chunk.length;
        options.onFraction(Number.isFinite(total) ? received / total : undefined);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as ReadableStream), meter, createWriteStream(file), { signal });
  } catch (error) {
    options.signal.throwIfAborted();
    throw new WhittleError(`Could not download ${archive.url}: ${reasonOf(error)}.`, {
      remedy: "Check the network and its proxy settings, then run `whittle setup` again.",
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
  const sha256 = hash.digest("hex");
  if (archive.sha256 !== undefined && archive.sha256 !== sha256) {
    throw new WhittleError(`${archive.url} is not the expected file: its sha256 is ${sha256}, not ${archive.sha256}.`, {
      remedy: "Run `whittle setup` again; if it stays so, the server or a proxy between serves something else.",
    });
  }
  return sha256;
}

/** fetch hides the reason (ENOTFOUND, ECONNREFUSED, a certificate) in `cause`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : messageOf(cause);
}
