/** Why sizes are not put into a text, in words. No editor in here. */
import * as l10n from "@vscode/l10n";
import type { Obstacle } from "../../models/scan/resize.ts";

/** Stands behind the number of its line. */
export function describeObstacle({ is, layer = "" }: Obstacle): string {
  switch (is) {
    case "unreadable":
      return l10n.t("the file cannot be read to its end; correct it first.");
    case "severalModels":
      return l10n.t("several models are made or loaded, and one may be a part of another.");
    case "otherFile":
      return l10n.t("what another file makes is not seen, and may depend on a size.");
    case "givenWeights":
      return l10n.t("weights are given, which would not fit a smaller layer.");
    case "writtenShape":
      return l10n.t("a shape is written that may depend on a size; its last length may be -1.");
    case "headWidth":
      return l10n.t("how wide a head is follows from a size; give headWidth.");
    case "notFound":
      return l10n.t("which call makes layer {0} is not certain; give it a name.", layer);
    case "repeated":
      return l10n.t("layer {0} is made in a loop, a branch, or a function that may be called again.", layer);
    case "shared":
      return l10n.t("another definition makes layer {0} too.", layer);
    case "kind":
      return l10n.t("a layer like {0} has no size that could be replaced.", layer);
    case "notWritten":
      return l10n.t("the size of layer {0} is not a number in its call, or a constant of this file.", layer);
    case "otherValue":
      return l10n.t("the size of layer {0} is not the one that the run had.", layer);
    case "sharedConstant":
      return l10n.t("the constant with the size of layer {0} is used for something else as well.", layer);
    case "gainsBias":
      return l10n.t("the compact network gives layer {0} a bias, which it does not have here.", layer);
    default:
      return is satisfies never;
  }
}
