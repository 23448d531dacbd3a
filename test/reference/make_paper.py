"""A small network trained as the authors' code of arXiv 2204.04977 trains, by torch.optim.Adam and torch.nn.utils.prune.
Shares nothing with src/. Run: pip install torch==2.13.0 && python3 test/reference/make_paper.py  (writes paper.json)

loss L + R, R = gamma * sum over all trainable parameters of w^2 * exp(-|dL/dw| / alpha), dL/dw of the batch held constant;
one step of Adam on the sum; learning rate along half a cosine over all steps; after steps 20 and 40 a tenth of the weights
that are left, of all parameters together, goes by magnitude (prune.global_unstructured, whose amount counts what is left).
`decay: epoch`: gamma falls linearly to 0 over the 10 steps of an epoch, and starts anew at each pruning.

Of each case, in float32: the weights after every step, those that are pruned as 0; the masks after each pruning. In float64
the weights after some. Kernels are [inputs, outputs], as TensorFlow.js has them.
"""
import json
import math
import pathlib

import torch
from torch.nn.utils import prune

STEPS, BATCH, EXAMPLES, CLASSES = 60, 24, 240, 4
PRUNE_AFTER, FRACTION = (20, 40), 0.1
RATE, BETAS, EPSILON, ALPHA = 0.003, (0.85, 0.997), 1e-8, 1.0
EPOCH = EXAMPLES // BATCH
STORED64 = (1, 20, 21, 40, 41, 60)
NAMES = ["fc1/kernel", "fc1/bias", "norm/gamma", "norm/beta", "fc2/kernel", "fc2/bias"]
CASES = [
    {"gamma": 1e-5, "decay": "none"},
    {"gamma": 1e-2, "decay": "none"},
    {"gamma": 1e-2, "decay": "epoch"},
]


class Holder(torch.nn.Module):
    """One parameter each, so that prune can mask them all."""

    def __init__(self, value):
        super().__init__()
        self.value = torch.nn.Parameter(value)


def coarse(tensor, step=64):
    """Exact in float32, and short in JSON."""
    return (tensor * step).round() / step


def inputs():
    generator = torch.Generator().manual_seed(20261127)
    normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    x = coarse(normal(EXAMPLES, 12))
    y = (x[:, :CLASSES] + 0.5 * normal(EXAMPLES, CLASSES)).argmax(1)
    weights = {
        "fc1/kernel": normal(12, 10) * 0.4, "fc1/bias": normal(10) * 0.1, "norm/gamma": 1 + normal(10) * 0.1,
        "norm/beta": normal(10) * 0.1, "fc2/kernel": normal(10, CLASSES) * 0.4, "fc2/bias": normal(CLASSES) * 0.1,
    }
    return x, y, {name: coarse(value, 1024) for name, value in weights.items()}


def loss_of(p, x, y):
    h = torch.relu(x @ p["fc1/kernel"] + p["fc1/bias"])
    h = torch.nn.functional.layer_norm(h, (10,), p["norm/gamma"], p["norm/beta"], eps=1e-3)
    return torch.nn.functional.cross_entropy(h @ p["fc2/kernel"] + p["fc2/bias"], y)


def train(case, dtype):
    x, y, initial = inputs()
    x = x.to(dtype)
    holders = {name: Holder(value.to(dtype)) for name, value in initial.items()}
    optimizer = torch.optim.Adam([h.value for h in holders.values()], lr=RATE, betas=BETAS, eps=EPSILON)
    since, weights, masks, losses = 0, [], [], []
    for step in range(STEPS):
        rows = [(step * BATCH + i) % EXAMPLES for i in range(BATCH)]
        for holder in holders.values():
            for hook in holder._forward_pre_hooks.values():
                hook(holder, None)  # value = value_orig * mask
        current = {name: holder.value for name, holder in holders.items()}
        loss = loss_of(current, x[rows], y[rows])
        leaves = [getattr(h, "value_orig", h.value) for h in holders.values()]
        data_gradients = torch.autograd.grad(loss, list(current.values()), retain_graph=True)
        gamma = case["gamma"] * (max(0.0, 1 - since / EPOCH) if case["decay"] == "epoch" else 1.0)
        term = sum((w**2 * torch.exp(-g.detach().abs() / ALPHA)).sum() for w, g in zip(current.values(), data_gradients))
        for leaf, gradient in zip(leaves, torch.autograd.grad(loss + gamma * term, leaves)):
            leaf.grad = gradient
        optimizer.param_groups[0]["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / STEPS))
        optimizer.step()
        losses.append(loss.item())
        since += 1
        if step + 1 in PRUNE_AFTER:
            parameters = [(h, "value") for h in holders.values()]
            for h in holders.values():
                if prune.is_pruned(h):
                    h.value = h.value_orig * h.value_mask
            prune.global_unstructured(parameters, pruning_method=prune.L1Unstructured, amount=FRACTION)
            masks.append({name: [int(m) for m in h.value_mask.flatten()] for name, h in holders.items()})
            since = 0
        weights.append({
            name: (h.value_orig * h.value_mask if prune.is_pruned(h) else h.value).detach().flatten().clone()
            for name, h in holders.items()
        })
    return weights, masks, losses


def main():
    x, y, initial = inputs()
    cases = []
    for case in CASES:
        single, masks, losses = train(case, torch.float32)
        double, masks64, _ = train(case, torch.float64)
        assert masks == masks64, "the two precisions prune different weights"
        numbers = lambda t, digits: [float(f"{float(v):.{digits}g}") for v in t]
        cases.append({
            **case, "masks": masks, "losses": numbers(losses, 7),
            "float32": [numbers(torch.cat(list(step.values())), 8) for step in single],
            "float64": {str(s): numbers(torch.cat(list(double[s - 1].values())), 12) for s in STORED64},
        })
        apart = max((a[n].double() - b[n]).abs().max().item() for a, b in zip(single, double) for n in NAMES)
        left = sum(sum(m) for m in masks[-1].values())
        print(f"{case}: loss {losses[0]:.3f} to {losses[-1]:.3f}, {left} weights left, float32 apart {apart:.1e}")
    document = {
        "torch": torch.__version__, "rate": RATE, "batch": BATCH, "classes": CLASSES,
        "x": [float(v) for v in x.flatten()], "y": y.tolist(),
        "weights": {name: {"shape": list(v.shape), "values": [float(w) for w in v.flatten()]} for name, v in initial.items()},
        "cases": cases,
    }
    target = pathlib.Path(__file__).with_name("paper.json")
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{target.stat().st_size / 1e3:.0f} kB")


main()
