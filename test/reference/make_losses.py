"""Reference values of weighted and masked losses, computed in float64 by torch.nn.functional.
Run: pip install torch==2.13.0 && python3 test/reference/make_losses.py  (writes losses.json beside it)

`value` is the mean over the batch as Keras's `sum_over_batch_size` takes sample weights, sum(w * l) / number of l, with l by
`reduction="none"`; with an ignored id and no weights it is PyTorch's own `reduction="mean"`. `gradient` is by the outputs.
"""
import json
import pathlib

import torch
from torch.nn import functional

torch.manual_seed(3)


def rounded(*shape):
    return torch.randn(*shape, dtype=torch.float64).float().double()


def case(loss, outputs, targets, value, weights=None, ignore=None, smoothing=0.0):
    outputs.requires_grad_()
    found = value(outputs)
    found.backward()
    return {
        "loss": loss,
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "ignoreTarget": ignore,
        "labelSmoothing": smoothing,
        "value": found.item(),
        "gradient": outputs.grad.tolist(),
    }


def classes_last(outputs):
    """PyTorch wants the axis of classes second."""
    return outputs.movedim(-1, 1) if outputs.dim() > 2 else outputs


def cross_entropy(shape, ignore, smoothing, weighting):
    outputs = rounded(*shape)
    targets = torch.randint(0, shape[-1], shape[:-1])
    if ignore is not None:
        targets = torch.where(torch.rand(shape[:-1]) < 0.4, torch.tensor(ignore), targets)
        # An example of which nothing counts, as with padding at its end.
        targets[-1] = ignore
    weights = {"none": None, "examples": torch.rand(shape[:1]), "positions": torch.rand(shape[:-1])}[weighting]
    index = -100 if ignore is None else ignore

    def value(z):
        if weights is None:
            return functional.cross_entropy(classes_last(z), targets, ignore_index=index, label_smoothing=smoothing)
        losses = functional.cross_entropy(
            classes_last(z), targets, ignore_index=index, label_smoothing=smoothing, reduction="none"
        )
        spread = weights.reshape(weights.shape + (1,) * (losses.dim() - weights.dim()))
        return (losses * spread).sum() / (targets != index).sum()

    return case("sparseCategoricalCrossentropy", outputs, targets, value, weights, ignore, smoothing)


def of_values(loss, compare):
    outputs, weights = rounded(5, 3), torch.rand(5)
    targets = torch.rand(5, 3).double()
    return case(
        loss, outputs, targets, lambda z: (compare(z, targets, reduction="none") * weights[:, None]).mean(), weights
    )


cases = [
    cross_entropy(shape, ignore, smoothing, weighting)
    for shape in ([6, 4], [3, 5, 4])
    for ignore in (None, 0, -1, 255)
    for smoothing in (0.0, 0.2)
    for weighting in ("none", "examples", "positions")
]
cases.append(of_values("binaryCrossentropy", functional.binary_cross_entropy_with_logits))
cases.append(of_values("meanSquaredError", functional.mse_loss))
pathlib.Path(__file__).with_name("losses.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
