/** Names of files that a user is offered, made from names that may hold anything. */
import { extname } from "node:path";

/** No folders, no characters that a file system refuses, no hidden file, not longer than a name may be. */
export function asFileName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}/\\:*?"<>|]+/gu, " ")
    .replace(/\s+/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "");
  const ending = extname(plain);
  const stem = plain.slice(0, plain.length - ending.length);
  return `${[...stem].slice(0, 100).join("") || "whittle"}${ending}`;
}
