import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { download } from "../../../../src/engine/install/download.ts";
import { WhittleError } from "../../../../src/protocol/errors.ts";

const BODY = Buffer.alloc(300_000, "whittle");
const SHA256 = createHash("sha256").update(BODY).digest("hex");

describe("download", () => {
  let folder: string;
  let server: Server;
  let url: string;
  let answer: RequestListener;

  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "whittle-download-"));
    server = createServer((request, response) => answer(request, response));
    server.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
      done();
    });
  });
  after((done) => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    server.close(done);
  });

  const options = (fractions: (number | undefined)[] = []) => ({
    signal: new AbortController().signal,
    onFraction: (fraction: number | undefined) => fractions.push(fraction),
  });

  it("writes the file, tells how far it is, and returns its checksum", async () => {
    answer = (_request, response) => response.writeHead(200, { "content-length": BODY.length }).end(BODY);
    const fractions: (number | undefined)[] = [];
    assert.equal(await download({ url, sha256: SHA256 }, join(folder, "a"), options(fractions)), SHA256);
    assert.deepEqual(readFileSync(join(folder, "a")), BODY);
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });

  it("refuses a file with another checksum, and names both", async () => {
    answer = (_request, response) => response.end("something else");
    await assert.rejects(download({ url, sha256: SHA256 }, join(folder, "b"), options()), (error: WhittleError) => {
      assert.ok(error instanceof WhittleError);
      assert.match(error.message, new RegExp(SHA256));
      return true;
    });
  });

  it("names the address and the reason when the server refuses or is not there", async () => {
    answer = (_request, response) => response.writeHead(404).end();
    await assert.rejects(download({ url }, join(folder, "c"), options()), /\/file: the server answered 404/);
    await assert.rejects(
      download({ url: "http://127.0.0.1:1/x" }, join(folder, "c"), options()),
      /127\.0\.0\.1:1\/x: /,
    );
  });

  it("fails when the connection breaks in the middle", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": BODY.length });
      response.write(BODY.subarray(0, 1000), () => response.destroy());
    };
    await assert.rejects(download({ url }, join(folder, "d"), options()), WhittleError);
  });

  it("stops with the reason of the cancellation", async () => {
    answer = (_request, response) => response.writeHead(200).write(BODY.subarray(0, 1000));
    const cancel = new AbortController();
    const reason = new Error("cancelled by the user");
    const onFraction = () => cancel.abort(reason);
    await assert.rejects(download({ url }, join(folder, "e"), { signal: cancel.signal, onFraction }), reason);
  });
});
