/** What no setting by itself can be wrong about. Asked of complete settings only: parts may be completed by others. */
import { usageError } from "../protocol/errors.ts";
import type { Settings } from "../protocol/settings.ts";

/** @throws WhittleError (usage) naming the key to change */
export function checkTogether({ pruning, targets, loss, augmentation }: Settings): void {
  if (targets === "inputs" && (loss === "sparseCategoricalCrossentropy" || loss === "categoricalCrossentropy")) {
    throw usageError(
      `Setting targets = "inputs" does not go with the loss ${loss}, which compares classes.`,
      'Set loss="meanSquaredError" or "binaryCrossentropy", or give a loss of your own.',
    );
  }
  if (targets === "inputs" && (augmentation.flip || augmentation.crop > 0 || augmentation.cutout > 0)) {
    throw usageError(
      'Setting augmentation does not go with targets = "inputs": it would change examples, and not what they are compared with.',
      "Leave augmentation out.",
    );
  }
  const readsSignal = pruning.method === "irrelevance";
  const { signal, criterion } = pruning;
  const readers = [
    ...(readsSignal && (signal === "movement" || signal === "snr") ? [`the signal ${signal}`] : []),
    ...(criterion === "fisher" ? ["the criterion fisher"] : []),
  ];
  if (readers.length > 0 && pruning.average === 0) {
    throw usageError(
      `Setting pruning.average = 0 is wrong: ${readers.join(" and ")} ${readers.length > 1 ? "need" : "needs"} running means.`,
      "Set it to their decay, e.g. pruning.average=0.95.",
    );
  }
  if (pruning.schedule === "cubic" && pruning.targetSparsity === 1) {
    throw usageError(
      "Setting pruning.targetSparsity = 1 is wrong: the schedule cubic goes there whatever the metric is.",
      "Set the sparsity that you want, e.g. pruning.targetSparsity=0.95.",
    );
  }
}
