/**
 * `node scripts/reviews.mjs` writes examples/reviews.jsonl: 1,200 made-up reviews of an evening out. Half of what is said is said by
 * denying its opposite, what comes after "but" decides, and what was expected says nothing, so that counting words is no help.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const COUNT = 1200;
const THINGS = "plot,cast,music,food,service,room,evening,story,band,wine,staff,stage,soup,ending,dessert,view".split(
  ",",
);
const WORDS = {
  positive: "good,lovely,great,fresh,charming,clever,friendly,warm,funny,superb".split(","),
  negative: "bad,dull,awful,stale,boring,silly,rude,cold,tedious,poor".split(","),
};
const DEGREES = ["", "", "really ", "very "];
const DENIALS = ["was not", "was never", "was hardly", "was by no means"];
const EXPECTED = ["we had expected it to be", "our friends had said it was", "others had called it"];
const OPPOSITE = { positive: "negative", negative: "positive" };

// mulberry32
let state = 12;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const pick = (from) => from[Math.floor(random() * from.length)];

function clause(label) {
  const isDenied = random() < 0.5;
  const word = pick(WORDS[isDenied ? OPPOSITE[label] : label]);
  return `the ${pick(THINGS)} ${isDenied ? pick(DENIALS) : "was"} ${pick(DEGREES)}${word}`;
}

function review(label) {
  switch (Math.floor(random() * 4)) {
    case 0:
      return `${clause(label)} .`;
    case 1:
      return `${clause(label)} and ${clause(label)} .`;
    case 2:
      return `${clause(OPPOSITE[label])} , but ${clause(label)} .`;
    default:
      return `${pick(EXPECTED)} ${pick(WORDS[pick(["positive", "negative"])])} ; ${clause(label)} .`;
  }
}

const texts = new Set();
const lines = [];
while (lines.length < COUNT) {
  const label = lines.length % 2 === 0 ? "positive" : "negative";
  const text = review(label);
  if (texts.has(text)) continue;
  texts.add(text);
  lines.push(JSON.stringify({ text, label }));
}
writeFileSync(fileURLToPath(new URL("../examples/reviews.jsonl", import.meta.url)), `${lines.join("\n")}\n`);
