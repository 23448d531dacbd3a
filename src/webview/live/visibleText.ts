/** Texts that anybody may have written, as they can be shown. No browser in here. */

/** They show nothing, break the line, or change the direction of what stands around them. */
const HIDDEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** As a text shows: line ends as they are, or as a sign. */
export type Visible = (text: string) => string;

/** With a sign in the place of each character that cannot be seen: `␊`, `⟨U+202E⟩`. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) {
      // Unicode's pictures of ASCII's control characters.
      return String.fromCodePoint(0x2400 + code);
    }
    return code === 0x7f ? "␡" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Likewise, but its lines are lines. */
export const visibleLines: Visible = (text) => text.split("\n").map(visibleText).join("\n");
