/** How long ago something was, in the editor's language. No editor in here. */

const UNITS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
] as const;

/** `12 min ago`, `yesterday`, `now` */
export function describeAge(iso: string, now: number, language: string): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const fitting = UNITS.find((each) => seconds >= each.seconds);
  const age =
    fitting === undefined
      ? format.format(0, "second")
      : format.format(-Math.floor(seconds / fitting.seconds), fitting.unit);
  // English puts a full stop after each abbreviation.
  return language.startsWith("en") ? age.replace(".", "") : age;
}
