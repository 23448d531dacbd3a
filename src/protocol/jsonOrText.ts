/** A value as JSON would have it; what is not JSON is text: a bare word such as `adam` stands for itself. */
export function readJsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON.
    return text;
  }
}
