/** What a function of the user's own gives: `module:FILE` or `module:FILE#EXPORT`. */
import { resolve } from "node:path";
import { usageError } from "../../protocol/errors.ts";
import { splitAtHash } from "../files.ts";
import { openGiven } from "../given/given.ts";
import type { DataFormat } from "./format.ts";

export const module: DataFormat = {
  name: "module",
  takes: "FILE[#EXPORT]",
  async open(rest, { load, explainFor, ...options }) {
    if (load === undefined) {
      throw usageError(
        "What a module gives is known only when its code runs, which is in a run.",
        "Start one: its log and `whittle show` say how many examples there are.",
      );
    }
    const { file, part = "default" } = splitAtHash(rest);
    const path = resolve(file);
    return openGiven(`module:${rest}`, await load(path, part), {
      ...options,
      ...(explainFor === undefined ? {} : { explain: explainFor(path) }),
    });
  },
};
