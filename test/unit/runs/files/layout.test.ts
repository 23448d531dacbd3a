import assert from "node:assert/strict";
import { basename, join, resolve } from "node:path";
import fc from "fast-check";
import { cleanName, isInside, makeRunId } from "../../../../src/runs/files/layout.ts";

const time = new Date("2026-11-24T10:15:00.700Z");

describe("run ids", () => {
  it("have the documented form", () => {
    assert.equal(makeRunId(time, "lenet300", "k3f9"), "20261124-101500-lenet300-k3f9");
    assert.equal(makeRunId(time, "Réseau à Déconvolution", "k3f9"), "20261124-101500-reseau-a-deconvolution-k3f9");
    assert.equal(makeRunId(time, "../../etc", "k3f9"), "20261124-101500-etc-k3f9");
    assert.equal(makeRunId(time, "\u0000\u001b[31m..", "k3f9"), "20261124-101500-31m-k3f9");
    assert.equal(makeRunId(time, "日本", "k3f9"), "20261124-101500-run-k3f9");
  });

  it("stay one short portable file name inside the runs folder, whatever the name", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.constantFrom("con", "NUL", "..", "a/../../b", "C:\\x"),
    );
    fc.assert(
      fc.property(nasty, (name) => {
        const id = makeRunId(time, name, "0000");
        assert.match(id, /^\d{8}-\d{6}-[a-z0-9]+(-[a-z0-9]+)*-0000$/);
        assert.ok(id.length <= 60);
        assert.equal(basename(id), id);
        assert.ok(isInside("/runs", join("/runs", id)));
      }),
    );
  });

  it("sort by time", () => {
    const anyTime = fc.date({ min: new Date(0), max: new Date("2099-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(anyTime, anyTime, (a, b) => {
        fc.pre(Math.floor(a.getTime() / 1000) < Math.floor(b.getTime() / 1000));
        assert.ok(makeRunId(a, "zzz", "zzzz") < makeRunId(b, "aaa", "0000"));
      }),
    );
  });
});

describe("names to show", () => {
  it("lose control characters and extra length, and keep the rest", () => {
    assert.equal(cleanName("  LeNet ☃ 300 "), "LeNet ☃ 300");
    assert.equal(cleanName("a\nb\u001b[0m\u202ec"), "a b [0m c");
    assert.equal(cleanName("\n\t"), "run");
    assert.equal([...cleanName("😀".repeat(500))].length, 100);
  });
});

describe("isInside", () => {
  it("goes by path, not by prefix", () => {
    assert.ok(isInside("/a/b", "/a/b/c"));
    assert.ok(isInside("/a/b", "/a/b/..c"));
    assert.ok(!isInside("/a/b", "/a/bc"));
    assert.ok(!isInside("/a/b", "/a/b"));
    assert.ok(!isInside("/a/b", "/a"));
    assert.ok(!isInside("/a/b", resolve("/a/b/../c")));
  });
});
