/** Colours where the stream shows them: a terminal, unless NO_COLOR is set or the terminal has none. */
import { inspect } from "node:util";

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export const PLAIN: Style = {
  bold: keep,
  dim: keep,
  red: keep,
  green: keep,
  yellow: keep,
  cyan: keep,
};

const COLOURED: Style = {
  bold: paint("bold"),
  dim: paint("dim"),
  red: paint("red"),
  green: paint("green"),
  yellow: paint("yellow"),
  cyan: paint("cyan"),
};

export function createStyle(stream: NodeJS.WriteStream): Style {
  return stream.isTTY && stream.hasColors() && !process.env["NO_COLOR"] ? COLOURED : PLAIN;
}

function keep(text: string): string {
  return text;
}

/** By the numbers of `util.inspect`: `util.styleText` differs between the versions of Node that we run on. */
function paint(name: "bold" | "dim" | "red" | "green" | "yellow" | "cyan"): (text: string) => string {
  const [on, off] = inspect.colors[name] ?? [0, 0];
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
