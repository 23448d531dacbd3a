/** What the model's own file trains on: what it gives `model.fit` or `model.fitDataset`. */
import { usageError } from "../../protocol/errors.ts";
import { openGiven } from "../given/given.ts";
import type { DataFormat } from "./format.ts";

export const fit: DataFormat = {
  name: "fit",
  async open(_rest, { fitted, explainFor, ...options }) {
    if (fitted === undefined) {
      throw usageError(
        "What a file gives model.fit is known only when its code runs, which is in a run.",
        "Start one: its log and `whittle show` say how many examples there are.",
      );
    }
    return openGiven("fit", await fitted.give(), {
      ...options,
      ...(explainFor === undefined ? {} : { explain: explainFor(fitted.file) }),
    });
  },
};
