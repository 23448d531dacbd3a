/**
 * THIRD-PARTY-NOTICES.txt: every package whose code or files the extension carries, with its licence, from what webpack says
 * that it bundled and copied (`BundledPackages`). The plugins on npm for this are one bundle's, and not kept up.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_LISTS } from "./bundledPackages.mjs";

/** Licences that may be carried in a work under Apache-2.0. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
]);
const LICENCE_FILE = /^(licen[cs]e|copying|notice)\b/i;

/** For packages that ship none; https://spdx.org/licenses. */
const STANDARD_TEXTS = {
  "Apache-2.0": "Apache License, Version 2.0: the text is in LICENSE.txt of this extension, which is under it as well.",
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
};

/**
 * @param root of the checkout, with node_modules and dist
 * @returns by name and version, each once
 * @throws Error when a licence may not be carried, or there is no text of it
 */
export function collectPackages(root) {
  const lists = join(root, "dist", PACKAGE_LISTS);
  const folders = new Set(readdirSync(lists).flatMap((file) => JSON.parse(readFileSync(join(lists, file), "utf8"))));
  const packages = new Map();
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const { name, version, license } = manifest;
    if (!isAllowed(license)) {
      throw new Error(
        `${name} ${version} is under ${license}, which scripts/notices.mjs does not allow to be carried.`,
      );
    }
    const text = licenceText(root, folder, manifest);
    packages.set(`${name} ${version}`, { name, version, licence: license, text });
  }
  return [...packages.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** `(MIT OR X)` is allowed for MIT's sake. */
export function isAllowed(licence) {
  return (
    typeof licence === "string" &&
    licence
      .replace(/^\((.*)\)$/, "$1")
      .split(" OR ")
      .some((choice) => choice.split(" AND ").every((part) => ALLOWED.has(part)))
  );
}

/** Every licence and notice beside the package's code; where it ships none, who holds the rights. */
function licenceText(root, folder, { license: licence, author }) {
  const files = readdirSync(join(root, folder))
    .filter((file) => LICENCE_FILE.test(file))
    .sort();
  if (files.length === 0) {
    const holder = typeof author === "string" ? author : (author?.name ?? "the authors of the package");
    return `The package ships no text of its licence.\n\nCopyright (c) ${holder}\n\n${standardText(licence)}`;
  }
  return files
    .map((file) =>
      readFileSync(join(root, folder, file), "utf8")
        .replaceAll("\r\n", "\n")
        .trim(),
    )
    .join("\n\n");
}

function standardText(licence) {
  const parts = licence.split(" AND ").map((part) => STANDARD_TEXTS[part]);
  if (parts.includes(undefined)) {
    throw new Error(`The text of ${licence} is to be added to scripts/notices.mjs.`);
  }
  return parts.join("\n\n");
}

export function describeNotices(packages) {
  const rule = "=".repeat(80);
  return `${[
    "Whittle carries code or files of these packages.",
    "It writes ONNX files by message definitions of ONNX (https://onnx.ai), Copyright (c) ONNX Project Contributors, under the Apache\nLicense, Version 2.0: the text is in LICENSE.txt of this extension, which is under it as well.",
    ...packages.map(
      ({ name, version, licence, text }) => `${rule}\n${name} ${version}\nLicence: ${licence}\n\n${text}`,
    ),
  ].join("\n\n")}\n`;
}
