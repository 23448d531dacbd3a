/** Whitespace as Python's `str` has it: other than `\\s` here, with ASCII's separators and U+0085, without U+FEFF. */
const WHITESPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ONE = new RegExp(WHITESPACE);
const SOME = new RegExp(`${WHITESPACE}+`);

/** As `line.split()` in Python. */
export function splitWords(line: string): string[] {
  return line.split(SOME).filter((word) => word !== "");
}

/** As `line.rstrip()` in Python. */
export function trimEnd(line: string): string {
  let end = line.length;
  while (ONE.test(line.charAt(end - 1))) {
    end--;
  }
  return line.slice(0, end);
}
