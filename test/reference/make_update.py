"""Reference values of the regularized update, computed in float64 by torch.optim and NumPy-style tensor code that shares
nothing with src/. Run: pip install torch==2.13.0 && python3 test/reference/make_update.py  (writes update.json beside it)

A case is three steps on random tensors of rank 1 to 5, coupled in one of two ways:
  decoupled  W <- (step(W, G) - lambda * W * I) * M, of l1: the soft threshold of W by lambda, beside step(W, G)
  optimizer  W <- step(W, G + gamma * dR/dW) * M, with R = sum(W^2 * I), of l1 sum(|W|), differentiated by autograd
Inputs are rounded to float32 before the reference uses them, so that both sides start from the same numbers.
"""
import itertools
import json
import math
import pathlib

import torch

SHAPES = [[13], [5, 7], [3, 3, 4], [3, 2, 2, 4], [2, 2, 3, 2, 2]]
STEPS = 3
RATE, LAMBDA, GAMMA, MOMENTUM, DECAY, EPSILON = 0.05, 0.02, 0.03, 0.9, 0.99, 1e-8

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD([p], lr=RATE),
    "momentum": lambda p: torch.optim.SGD([p], lr=RATE, momentum=MOMENTUM),
    "adam": lambda p: torch.optim.Adam([p], lr=RATE, betas=(MOMENTUM, DECAY), eps=EPSILON),
    "rmsprop": lambda p: torch.optim.RMSprop([p], lr=RATE, alpha=DECAY, eps=EPSILON),
}
METHODS = [
    {"method": "none"},
    {"method": "l1"},
    {"method": "l2"},
    {"method": "lobster"},
    *[
        {"method": "irrelevance", "scale": scale, "signal": signal, "average": average, "floor": floor, "alpha": 0.7}
        for scale in ("alpha", "mean", "max")
        for signal, average, floor in (
            ("gradient", 0.0, 0.0), ("weightGradient", 0.0, 0.25), ("gradient", 0.75, 0.0),
            ("movement", 0.75, 0.25), ("snr", 0.75, 0.0),
        )
    ],
]
COUPLINGS = ("decoupled", "optimizer")


def float32(tensor):
    """Multiples of 1/64: exact in float32, and short in JSON."""
    return (tensor * 64).round() / 64


def running_mean(name, value, method, memory):
    """Bias-corrected, as Adam's moments are; `average` 0 is the batch alone."""
    decay = method["average"]
    total, count = memory.get(name, (torch.zeros_like(value), 0))
    total, count = decay * total + (1 - decay) * value, count + 1
    memory[name] = total, count
    return total / (1 - decay**count)


def signal(method, w, g, memory):
    mean = lambda name, value: running_mean(name, value, method, memory)
    return {
        "gradient": lambda: mean("size", g.abs()),
        "weightGradient": lambda: mean("influence", (w * g).abs()),
        "movement": lambda: (-w * mean("gradient", g)).clamp(min=0),
        "snr": lambda: mean("gradient", g).abs() / (mean("square", g**2).sqrt() + 1e-30),
    }[method["signal"]]()


def irrelevance(method, w, g, mask, memory):
    """I of a term sum(W^2 * I)."""
    if method["method"] == "none":
        return torch.zeros_like(w)
    if method["method"] == "l2":
        return torch.ones_like(w)
    if method["method"] == "lobster":
        return (1 - g.abs()).clamp(min=0)
    s = signal(method, w, g, memory)
    scale = {"alpha": torch.tensor(method["alpha"]), "mean": s.sum() / mask.sum(), "max": s.max()}[method["scale"]]
    return (1 - method["floor"]) * torch.exp(-s / scale) + method["floor"]


def make_case(shape, method, coupling, optimizer, masked, generator):
    w = float32(torch.randn(shape, generator=generator, dtype=torch.float64))
    mask = (torch.rand(shape, generator=generator) > 0.4).double() if masked else torch.ones(shape, dtype=torch.float64)
    parameter = torch.nn.Parameter(w * mask)
    base = OPTIMIZERS[optimizer](parameter)
    is_l1 = method["method"] == "l1"
    gradients, memory = [], {}
    for _ in range(STEPS):
        raw = float32(torch.randn(shape, generator=generator, dtype=torch.float64) * 0.5)
        gradients.append(raw)
        g = raw * mask
        before = parameter.detach().clone()
        factor = None if is_l1 else irrelevance(method, before, g, mask, memory)
        if coupling == "optimizer":
            # autograd differentiates the term itself, I held constant.
            leaf = before.clone().requires_grad_()
            term = leaf.abs().sum() if is_l1 else (leaf**2 * factor).sum()
            term.backward()
            parameter.grad = g + GAMMA * leaf.grad
            base.step()
        else:
            parameter.grad = g.clone()
            base.step()
            with torch.no_grad():
                parameter += (torch.nn.functional.softshrink(before, LAMBDA) if is_l1
                              else before - LAMBDA * before * factor) - before
        with torch.no_grad():
            parameter *= mask
    flat = lambda t: [float(f"{float(x):.10g}") for x in t.detach().flatten()]  # 10 digits name a float32 exactly
    return {
        "shape": shape, "optimizer": optimizer, "pruning": {**method, "coupling": coupling},
        "weights": flat(w), "mask": [int(x) for x in mask.flatten()] if masked else None,
        "gradients": [flat(g) for g in gradients], "expected": flat(parameter),
    }


def main():
    generator = torch.Generator().manual_seed(20241124)
    cases = []
    for method in METHODS:
        for coupling in COUPLINGS:
            # Every optimizer with every method and coupling, and all ranks, masked or not, with each of these pairs.
            rounds = zip(range(10), itertools.cycle(OPTIMIZERS))
            for (at, optimizer) in rounds:
                cases.append(make_case(SHAPES[at // 2], method, coupling, optimizer, at % 2 == 1, generator))
    document = {
        "torch": torch.__version__, "rate": RATE, "lambda": LAMBDA, "gamma": GAMMA, "momentum": MOMENTUM,
        "decay": DECAY, "epsilon": EPSILON, "cases": cases,
    }
    target = pathlib.Path(__file__).with_name("update.json")
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    used = {(c["optimizer"], c["pruning"]["method"], c["pruning"]["coupling"]) for c in cases}
    print(f"{len(cases)} cases, {len(used)} of optimizer, method and coupling, {target.stat().st_size / 1e3:.0f} kB")
    assert len(used) == len(OPTIMIZERS) * 5 * 2
    assert all(math.isfinite(x) for c in cases for x in c["expected"])


main()
