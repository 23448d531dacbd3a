/** How long ago something was, in the editor's language. No editor in here. */

const UNITS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
] as const;

/** By language: to make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.RelativeTimeFormat>();

/** `12 min ago`, `yesterday`, `now` */
export function describeAge(iso: string, now: number, language: string): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const format = formatFor(language);
  const fitting = UNITS.find((each) => seconds >= each.seconds);
  const age =
    fitting === undefined
      ? format.format(0, "second")
      : format.format(-Math.floor(seconds / fitting.seconds), fitting.unit);
  // English puts a full stop after each abbreviation.
  return language.startsWith("en") ? age.replace(".", "") : age;
}

function formatFor(language: string): Intl.RelativeTimeFormat {
  const known = formats.get(language);
  if (known !== undefined) {
    return known;
  }
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  formats.set(language, format);
  return format;
}
