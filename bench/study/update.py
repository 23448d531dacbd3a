"""The regularized update, for tensors [models, …] of one layer, written anew for PyTorch; `check` holds it to test/reference/update.json."""
import json
import pathlib

import torch


# `correction` is 1 / (1 - average^t).
def averaged(name, value, method, memory, correction):
    if method["average"] == 0:
        return value
    memory[name].lerp_(value, 1 - method["average"])
    return memory[name] * correction


def signal_of(method, w, g, memory, correction):
    mean = lambda name, value: averaged(name, value, method, memory, correction)
    if method["signal"] == "gradient":
        return mean("size", g.abs())
    if method["signal"] == "weightGradient":
        return mean("influence", (w * g).abs())
    if method["signal"] == "movement":
        return torch.relu(-w * mean("gradient", g))
    return mean("gradient", g).abs() / (mean("square", g * g).sqrt() + 1e-30)


def factor_of(method, w, g, mask, memory, correction):
    if method["method"] == "lobster":
        return torch.relu(1 - g.abs())
    if method["method"] == "l2":
        return 1.0
    s = signal_of(method, w, g, memory, correction)
    over = tuple(range(1, s.dim()))
    if method["scale"] == "alpha":
        scale = method["alpha"]
    elif method["scale"] == "max":
        scale = s.amax(over, keepdim=True).clamp_min(1e-30)
    else:
        scale = (s.sum(over, keepdim=True) / mask.sum(over, keepdim=True)).clamp_min(1e-30)
    return method["floor"] + (1 - method["floor"]) * torch.exp(-s / scale)


def increment(optimizer, g, slots, rate, corrections):
    if optimizer["name"] == "sgd":
        return -rate * g
    if optimizer["name"] == "momentum":
        slots[0].mul_(optimizer["momentum"]).add_(g)
        return -rate * slots[0]
    slots[1].lerp_(g * g, 1 - optimizer["decay"])
    if optimizer["name"] == "rmsprop":
        return -rate * g / (slots[1].sqrt() + optimizer["epsilon"])
    slots[0].lerp_(g, 1 - optimizer["momentum"])
    first, second = corrections
    return -rate * (slots[0] * first) / ((slots[1] * second).sqrt() + optimizer["epsilon"])


def update(method, coupling, optimizer, w, g, mask, slots, memory, rate, strength, corrections, correction):
    """In place. `strength` is [models, 1, …], or None outside regularized training."""
    g = g * mask
    start = w
    if strength is not None and method["method"] == "l1":
        if coupling == "decoupled":
            start = w.sign() * torch.relu(w.abs() - strength)
        else:
            g = g + strength * w.sign()
    elif strength is not None and method["method"] != "none":
        factor = factor_of(method, w, g, mask, memory, correction)
        if coupling == "decoupled":
            start = w - strength * (w * factor)
        else:
            g = g + 2 * strength * (w * factor)
    w.copy_((start + increment(optimizer, g, slots, rate, corrections)) * mask)


def check():
    """Every case of the reference through `update`, in float64."""
    reference = json.loads((pathlib.Path(__file__).parents[2] / "test/reference/update.json").read_text())
    worst = 0.0
    for case in reference["cases"]:
        tensor = lambda values: torch.tensor(values, dtype=torch.float64).reshape([1, *case["shape"]])
        mask = tensor(case["mask"] or [1] * len(case["weights"]))
        w = tensor(case["weights"]) * mask
        method = {"average": 0, **case["pruning"]}
        optimizer = {**{key: reference[key] for key in ("momentum", "decay", "epsilon")}, "name": case["optimizer"]}
        slots = [torch.zeros_like(w), torch.zeros_like(w)]
        memory = {name: torch.zeros_like(w) for name in ("size", "influence", "gradient", "square")}
        strength = reference["gamma" if method["coupling"] == "optimizer" else "lambda"]
        for t, values in enumerate(case["gradients"], 1):
            corrections = [1 / (1 - optimizer[key] ** t) for key in ("momentum", "decay")]
            update(method, method["coupling"], optimizer, w, tensor(values), mask, slots, memory, reference["rate"],
                   strength, corrections, 1 / (1 - method["average"] ** t))
        worst = max(worst, (w - tensor(case["expected"])).abs().max().item())
    print(f"{len(reference['cases'])} cases, largest difference {worst:.1e}")
    assert worst < 1e-8
