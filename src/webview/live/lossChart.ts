/** Loss of training and on the validation split over epochs. */
import * as l10n from "@vscode/l10n";
import { asFigure } from "../../protocol/figures.ts";
import type { Theme } from "../base/theme.ts";
import type { Drawing } from "../charts/chartFrame.ts";
import { axis, type Hovered, LOG_AXIS, plainFigure } from "../charts/chartSetup.ts";
import {
  type CurveOptions,
  DASHED,
  describePoint,
  epochAxis,
  lineOf,
  linesOf,
  pointOf,
  pruningMarks,
  smoothed,
} from "./epochChart.ts";
import type { EpochPoint, RunView } from "./runView.ts";

/** Right after a pruning nothing has been trained. */
type TrainedPoint = EpochPoint & { readonly trainingLoss: number };

const isTrained = (point: EpochPoint): point is TrainedPoint => point.trainingLoss !== null;

const lossesOf = ({ loss, trainingLoss }: EpochPoint): readonly number[] =>
  trainingLoss === null ? [loss] : [loss, trainingLoss];

export const canLossBeLogarithmic = ({ epochs }: RunView): boolean =>
  epochs.every((point) => lossesOf(point).every((loss) => loss > 0));

export function drawLosses(view: RunView, { smoothing, isLog: wantsLog }: CurveOptions, theme: Theme): Drawing {
  const { epochs } = view;
  const isLog = wantsLog && canLossBeLogarithmic(view);
  const linesEach = smoothing > 0 ? 2 : 1;
  const curve = <T extends EpochPoint>(
    label: string,
    all: readonly T[],
    value: (point: T) => number,
    style: { readonly borderColor: string },
  ) => {
    const line = { ...lineOf(view), ...style, backgroundColor: style.borderColor };
    return linesOf(line, label, all, value, smoothed(all, value, smoothing));
  };
  const lossAxis = axis(theme, { title: l10n.t("Loss") });
  return {
    data: {
      datasets: [
        ...curve(l10n.t("Training loss"), epochs.filter(isTrained), (point) => point.trainingLoss, {
          borderColor: theme.loss,
        }),
        ...curve(l10n.t("Validation loss"), epochs, ({ loss }) => loss, { ...DASHED, borderColor: theme.metric }),
      ],
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: {
        x: epochAxis(theme),
        y: {
          ...lossAxis,
          ...(isLog ? LOG_AXIS : { type: "linear" as const, grace: "10%", beginAtZero: true }),
          ticks: { ...lossAxis.ticks, maxTicksLimit: 6, callback: plainFigure },
        },
      },
      plugins: {
        annotation: { annotations: pruningMarks(view, theme) },
        tooltip: {
          // Not what was measured behind a smoothed curve as well.
          filter: ({ datasetIndex }: Hovered) => datasetIndex % linesEach === 0,
          callbacks: {
            title: ([item]: Hovered[]) => describePoint(pointOf(item)),
            label: (item: Hovered) => describeLoss(item.datasetIndex === 0, pointOf(item)),
          },
        },
      },
    },
    sheet: {
      columns: [l10n.t("Epoch"), l10n.t("Phase"), l10n.t("Training loss"), l10n.t("Validation loss")],
      rows: epochs.map(({ epoch, phase, trainingLoss, loss }) => [
        { value: epoch, text: String(epoch) },
        phase,
        trainingLoss === null ? "" : { value: trainingLoss, text: asFigure(trainingLoss) },
        { value: loss, text: asFigure(loss) },
      ]),
    },
    description: describe(epochs),
  };
}

/** As it was measured. */
function describeLoss(isOfTraining: boolean, point: EpochPoint | undefined): string {
  const loss = isOfTraining ? point?.trainingLoss : point?.loss;
  const name = isOfTraining ? l10n.t("Training loss") : l10n.t("Validation loss");
  return `${name} ${typeof loss === "number" ? asFigure(loss) : ""}`;
}

function describe(epochs: readonly EpochPoint[]): string {
  const last = epochs.findLast(isTrained);
  if (last === undefined) {
    return l10n.t("No epoch has ended yet.");
  }
  return l10n.t(
    "After epoch {0}: loss {1} in training and {2} on the validation split.",
    last.epoch,
    asFigure(last.trainingLoss),
    asFigure(last.loss),
  );
}
