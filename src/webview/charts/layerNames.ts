/** What layers are called in charts: names that can be told apart in little room, and blocks of them. */

/** Characters beside a bar; the table and the tooltip have the whole name. */
const LONGEST_LABEL = 28;
/** Between a layer and its tensor. */
const OF = " · ";

/**
 * A weight tensor's name as people would write it: `conv2d_Conv2D3/kernel`, which TensorFlow.js makes up, is
 * `Conv2D 3 · kernel`. Names that somebody gave stay as they are.
 */
export function readableName(name: string): string {
  const parts = name.split("/");
  const tensor = parts.pop() ?? name;
  return parts.length === 0 ? tensor : `${parts.map(readablePart).join("/")}${OF}${tensor}`;
}

/** TensorFlow.js calls a layer by its class in small letters, the class, and a number. */
function readablePart(part: string): string {
  for (const match of part.matchAll(/_(?=([A-Z]\w*)$)/g)) {
    const prefix = part.slice(0, match.index).replaceAll("_", "").toLowerCase();
    const rest = match[1] ?? "";
    const number = rest.slice(prefix.length);
    if (rest.slice(0, prefix.length).toLowerCase() === prefix && /^\d+$/.test(number)) {
      return `${rest.slice(0, prefix.length)} ${number}`;
    }
  }
  return part;
}

/**
 * A label for each name, none twice: readable, cut in the middle of the layer where it is too long, with the tensor's own
 * name always there. Where cut ones would be the same they are cut less, and what reads the same is written out.
 */
export function labelsOf(names: readonly string[], longest = LONGEST_LABEL): string[] {
  const readable = names.map(readableName);
  const whole = readable.map((text, index) => (isRepeated(text, readable) ? (names[index] ?? text) : text));
  for (let length = longest; ; length += 8) {
    const labels = whole.map((text) => shortened(text, length));
    // What is whole cannot be told apart better: only equal names are equal then.
    if (new Set(labels).size === new Set(names).size || whole.every((text) => [...text].length <= length)) {
      return labels;
    }
  }
}

function isRepeated(text: string, all: readonly string[]): boolean {
  return all.indexOf(text) !== all.lastIndexOf(text);
}

/** Cut in the middle of the layer. @param longest characters, the sign for what is left out among them */
export function shortened(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) {
    return text;
  }
  const at = text.lastIndexOf(OF);
  const tail = at < 0 ? "" : text.slice(at);
  const head = at < 0 ? characters : [...text.slice(0, at)];
  const room = Math.max(2, longest - [...tail].length - 1);
  const front = Math.ceil(room / 2);
  return `${head.slice(0, front).join("")}…${head.slice(head.length - (room - front)).join("")}${tail}`;
}

export interface Block {
  readonly name: string;
  /** Of its members in the list, side by side. */
  readonly from: number;
  readonly to: number;
}

/**
 * Neighbours whose layer begins with the same words and number, such as `block_3/…` or `layer3_0_…`; what begins with none
 * is a block of its own.
 */
export function blocksOf(names: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (const [index, name] of names.entries()) {
    const block = blockOf(name);
    const last = blocks.at(-1);
    if (last !== undefined && block !== undefined && last.name === block) {
      blocks[blocks.length - 1] = { ...last, to: index + 1 };
    } else {
      blocks.push({ name: block ?? readableName(name), from: index, to: index + 1 });
    }
  }
  return blocks;
}

/** The number must end a word, and something of the layer's name must follow it. */
function blockOf(name: string): string | undefined {
  const layer = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  return /^(?:[^/]*?[A-Za-z])_?\d+(?=[_/.-])/.exec(layer)?.[0];
}
