"""Reference values of the regularized update, computed in float64 by torch.optim and NumPy-style tensor code that shares
nothing with src/. Run: pip install torch==2.13.0 && python3 test/reference/make_update.py  (writes update.json beside it)

A case is three steps of W <- (step(W, G) - lambda * W * I) * M on random tensors of rank 1 to 5. Inputs are rounded to
float32 before the reference uses them, so that both sides start from the same numbers.
"""
import itertools
import json
import math
import pathlib

import torch

SHAPES = [[13], [5, 7], [3, 3, 4], [3, 2, 2, 4], [2, 2, 3, 2, 2]]
STEPS = 3
RATE, LAMBDA, MOMENTUM, DECAY, EPSILON = 0.05, 0.02, 0.9, 0.99, 1e-8

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD([p], lr=RATE),
    "momentum": lambda p: torch.optim.SGD([p], lr=RATE, momentum=MOMENTUM),
    "adam": lambda p: torch.optim.Adam([p], lr=RATE, betas=(MOMENTUM, DECAY), eps=EPSILON),
    "rmsprop": lambda p: torch.optim.RMSprop([p], lr=RATE, alpha=DECAY, eps=EPSILON),
}
METHODS = [
    {"method": "none"},
    {"method": "l2"},
    {"method": "lobster"},
    *[
        {"method": "irrelevance", "scale": scale, "signal": signal, "average": average, "floor": floor}
        for scale in ("none", "mean", "max")
        for signal, average, floor in (("gradient", 0.0, 0.0), ("weightGradient", 0.0, 0.25), ("gradient", 0.75, 0.0))
    ],
]


def float32(tensor):
    return tensor.to(torch.float32).to(torch.float64)


def irrelevance(method, w, g, mask, memory):
    if method["method"] == "none":
        return torch.zeros_like(w)
    if method["method"] == "l2":
        return torch.ones_like(w)
    if method["method"] == "lobster":
        return (1 - g.abs()).clamp(min=0)
    s = (w * g).abs() if method["signal"] == "weightGradient" else g.abs()
    if method["average"] > 0:
        memory["s"] = method["average"] * memory.get("s", torch.zeros_like(s)) + (1 - method["average"]) * s
        s = memory["s"]
    alive = mask.sum()
    scale = {"none": torch.tensor(1.0), "mean": s.sum() / alive, "max": s.max()}[method["scale"]]
    return (1 - method["floor"]) * torch.exp(-s / scale) + method["floor"]


def make_case(shape, method, optimizer, masked, generator):
    w = float32(torch.randn(shape, generator=generator, dtype=torch.float64))
    mask = (torch.rand(shape, generator=generator) > 0.4).double() if masked else torch.ones(shape, dtype=torch.float64)
    parameter = torch.nn.Parameter(w * mask)
    base = OPTIMIZERS[optimizer](parameter)
    gradients, memory = [], {}
    for _ in range(STEPS):
        raw = float32(torch.randn(shape, generator=generator, dtype=torch.float64) * 0.5)
        gradients.append(raw)
        g = raw * mask
        before = parameter.detach().clone()
        factor = irrelevance(method, before, g, mask, memory)
        parameter.grad = g.clone()
        base.step()
        with torch.no_grad():
            parameter -= LAMBDA * before * factor
            parameter *= mask
    flat = lambda t: [float(f"{float(x):.10g}") for x in t.detach().flatten()]  # 10 digits name a float32 exactly
    return {
        "shape": shape, "optimizer": optimizer, "pruning": method,
        "weights": flat(w), "mask": flat(mask) if masked else None,
        "gradients": [flat(g) for g in gradients], "expected": flat(parameter),
    }


def main():
    generator = torch.Generator().manual_seed(20241124)
    names = itertools.cycle(OPTIMIZERS)
    cases = [
        make_case(shape, method, next(names), masked, generator)
        for method in METHODS for shape in SHAPES for masked in (False, True)
    ]
    document = {
        "torch": torch.__version__, "rate": RATE, "lambda": LAMBDA, "momentum": MOMENTUM, "decay": DECAY,
        "epsilon": EPSILON, "cases": cases,
    }
    target = pathlib.Path(__file__).with_name("update.json")
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    used = {(c["optimizer"], c["pruning"]["method"]) for c in cases}
    print(f"{len(cases)} cases, {len(used)} pairs of optimizer and method, {target.stat().st_size / 1e3:.0f} kB")
    assert all(math.isfinite(x) for c in cases for x in c["expected"])


main()
