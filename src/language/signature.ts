/** What a score depends on, in sacreBLEU's form. */

/** Scores are computed here, so no version of sacreBLEU is named. */
export function signatureOf(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries({ nrefs: 1, ...parameters, version: "whittle" })
    .map(([name, value]) => `${name}:${value}`)
    .join("|");
}
