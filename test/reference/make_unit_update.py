"""Reference values of the regularized update by groups of weights (pruning.granularity: unit), computed in float64 by torch.optim and
autograd, group by group, with code that shares nothing with src/. Run:
pip install torch==2.13.0 && python3 test/reference/make_unit_update.py  (writes unit_update.json beside it)

A group g has n_g weights, in one tensor or several; those of number -1 belong to none and get the optimizer's step alone.
  rho_g = sqrt(mean of W^2), S_g = sqrt(mean of S^2) over its weights, I_g from S_g with the scale over the surviving groups of a family
  R = sum over g of I_g * ||W_g||^2, of l1 the group lasso sum over g of sqrt(n_g) * ||W_g|| (Yuan and Lin 2006)
  decoupled  W <- (step(W, G) - lambda * I_g * W), of l1 the proximal step W * max(0, 1 - lambda * sqrt(n_g) / ||W_g||)
  optimizer  W <- step(W, G + gamma * dR/dW), differentiated by autograd with I_g held constant
"""
import itertools
import json
import math
import pathlib

import torch

STEPS = 3
RATE, LAMBDA, GAMMA, MOMENTUM, DECAY, EPSILON = 0.05, 0.02, 0.03, 0.9, 0.99, 1e-8

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=RATE),
    "momentum": lambda p: torch.optim.SGD(p, lr=RATE, momentum=MOMENTUM),
    "adam": lambda p: torch.optim.Adam(p, lr=RATE, betas=(MOMENTUM, DECAY), eps=EPSILON),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=DECAY, eps=EPSILON),
}
METHODS = [
    {"method": "none"}, {"method": "l1"}, {"method": "l2"}, {"method": "lobster"},
    *[
        {"method": "irrelevance", "scale": scale, "signal": signal, "average": average, "floor": floor, "alpha": 0.7}
        for scale in ("alpha", "mean", "max")
        for signal, average, floor in (
            ("gradient", 0.0, 0.0), ("weightGradient", 0.0, 0.25), ("movement", 0.75, 0.25), ("snr", 0.75, 0.0),
        )
    ],
]
COUPLINGS = ("decoupled", "optimizer")


def columns(numbers, *before):
    """Kernel whose last axis has these groups."""
    return torch.tensor(numbers).expand(*before, len(numbers)).clone()


def rows(numbers, width):
    return torch.tensor(numbers).unsqueeze(1).expand(len(numbers), width).clone()


# name -> groups; families are the groups of tensors that share some.
MODELS = [
    # A dense layer with its bias.
    ({"a/kernel": columns([0, 1, 2], 4), "a/bias": columns([0, 1, 2])}, [["a/kernel", "a/bias"]]),
    # A convolution; an LSTM's kernels and bias, gates side by side; a table by rows. Three layers, each with its own scale.
    (
        {
            "c/kernel": columns([5, 6], 2, 2, 3), "l/kernel": columns([0, 1, 2] * 4, 2),
            "l/recurrent_kernel": columns([0, 1, 2] * 4, 3), "l/bias": columns([0, 1, 2] * 4), "e/table": rows([7, 8, 9], 5),
        },
        [["c/kernel"], ["l/kernel", "l/recurrent_kernel", "l/bias"], ["e/table"]],
    ),
    # Two layers that are added up, the second in another order and with an output that stays; heads of width 2.
    (
        {
            "x/kernel": columns([0, 1, 2], 5), "y/kernel": columns([2, -1, 0, 1], 3), "y/gamma": columns([2, -1, 0, 1]),
            "h/query": columns([3, 3, 4, 4], 3), "h/output": rows([3, 3, 4, 4], 3),
        },
        [["x/kernel", "y/kernel", "y/gamma"], ["h/query", "h/output"]],
    ),
]


def float32(tensor):
    """Multiples of 1/64: exact in float32, and short in JSON."""
    return (tensor * 64).round() / 64


def running_mean(key, value, method, memory):
    decay = method["average"]
    total, count = memory.get(key, (torch.zeros_like(value), 0))
    total, count = decay * total + (1 - decay) * value, count + 1
    memory[key] = total, count
    return total / (1 - decay**count)


def signal(method, key, w, g, memory):
    mean = lambda name, value: running_mean((key, name), value, method, memory)
    return {
        "gradient": lambda: mean("size", g.abs()),
        "weightGradient": lambda: mean("influence", (w * g).abs()),
        "movement": lambda: (-w * mean("gradient", g)).clamp(min=0),
        "snr": lambda: mean("gradient", g).abs() / (mean("square", g**2).sqrt() + 1e-30),
    }[method["signal"]]()


def entries(groups, values, g, names):
    """All values of group g, of whichever tensor."""
    return torch.cat([values[name][groups[name] == g] for name in names])


def group_numbers(groups, names):
    return sorted({int(g) for name in names for g in groups[name].flatten()} - {-1})


def irrelevance(method, groups, family, dead, w, g, memory):
    """group -> I of a term sum(I * ||W_g||^2)."""
    numbers = group_numbers(groups, family)
    if method["method"] in ("none", "l1", "l2"):
        return {n: 0.0 if method["method"] == "none" else 1.0 for n in numbers}
    rms = lambda values, n: math.sqrt(float((entries(groups, values, n, family) ** 2).mean()))
    if method["method"] == "lobster":
        return {n: max(0.0, 1 - rms(g, n)) for n in numbers}
    signals = {name: signal(method, name, w[name], g[name], memory) for name in family}
    s = {n: rms(signals, n) for n in numbers}
    alive = [s[n] for n in numbers if n not in dead]
    scale = {"alpha": method["alpha"], "mean": sum(alive) / len(alive), "max": max(s.values())}[method["scale"]]
    return {n: (1 - method["floor"]) * math.exp(-s[n] / scale) + method["floor"] for n in numbers}


def term(method, groups, family, factors, leaves):
    """R of one family, to be differentiated."""
    total = torch.zeros((), dtype=torch.float64)
    for n, factor in factors.items():
        squares = (entries(groups, leaves, n, family) ** 2).sum()
        if method["method"] != "l1":
            total = total + factor * squares
        elif float(squares.detach()) > 0:
            total = total + math.sqrt(len(entries(groups, leaves, n, family))) * squares.sqrt()
    return total


def shrunk(method, groups, family, factors, w, name):
    """W of one tensor after a decoupled step of the term alone."""
    after = w[name].clone()
    for n, factor in factors.items():
        at = groups[name] == n
        group = entries(groups, w, n, family)
        norm = float(group.norm())
        if method["method"] == "l1":
            part = 0.0 if norm == 0 else max(0.0, 1 - LAMBDA * math.sqrt(len(group)) / norm)
        else:
            part = 1 - LAMBDA * factor
        after[at] = w[name][at] * part
    return after


def make_case(model, method, coupling, optimizer, masked, generator):
    groups, families = model
    dead = {max(group_numbers(groups, family)) for family in families} if masked else set()
    masks = {name: torch.tensor([0.0 if int(n) in dead else 1.0 for n in of.flatten()]).double().reshape(of.shape)
             for name, of in groups.items()}
    draw = lambda of, size: float32(torch.randn(of.shape, generator=generator, dtype=torch.float64) * size)
    start = {name: draw(of, 1.0) for name, of in groups.items()}
    parameters = {name: torch.nn.Parameter(start[name] * masks[name]) for name in groups}
    base = OPTIMIZERS[optimizer](list(parameters.values()))
    gradients, memory = [], {}
    for _ in range(STEPS):
        raw = {name: draw(of, 0.5) for name, of in groups.items()}
        gradients.append(raw)
        g = {name: raw[name] * masks[name] for name in groups}
        before = {name: p.detach().clone() for name, p in parameters.items()}
        factors = [irrelevance(method, groups, family, dead, before, g, memory) for family in families]
        added = {name: torch.zeros_like(of) for name, of in before.items()}
        for family, own in zip(families, factors):
            if coupling == "optimizer":
                leaves = {name: before[name].clone().requires_grad_() for name in family}
                value = term(method, groups, family, own, leaves)
                if value.requires_grad:
                    value.backward()
                for name in family:
                    added[name] = GAMMA * (0 if leaves[name].grad is None else leaves[name].grad)
        for name, p in parameters.items():
            p.grad = g[name] + added[name]
        base.step()
        with torch.no_grad():
            if coupling == "decoupled":
                for family, own in zip(families, factors):
                    for name in family:
                        parameters[name] += shrunk(method, groups, family, own, before, name) - before[name]
            for name, p in parameters.items():
                p *= masks[name]
    flat = lambda t: [float(f"{float(x):.10g}") for x in t.detach().flatten()]
    return {
        "optimizer": optimizer, "pruning": {**method, "coupling": coupling}, "dead": sorted(dead),
        "tensors": [
            {
                "name": name, "shape": list(of.shape), "groups": [int(x) for x in of.flatten()], "weights": flat(start[name]),
                "gradients": [flat(each[name]) for each in gradients], "expected": flat(parameters[name]),
            }
            for name, of in groups.items()
        ],
    }


def main():
    generator = torch.Generator().manual_seed(20261128)
    cases = []
    optimizers = itertools.cycle(OPTIMIZERS)
    for index, method in enumerate(METHODS):
        for coupling in COUPLINGS:
            for at, model in enumerate(MODELS):
                cases.append(make_case(model, method, coupling, next(optimizers), (index + at) % 2 == 1, generator))
    document = {
        "torch": torch.__version__, "rate": RATE, "lambda": LAMBDA, "gamma": GAMMA, "momentum": MOMENTUM,
        "decay": DECAY, "epsilon": EPSILON, "cases": cases,
    }
    target = pathlib.Path(__file__).with_name("unit_update.json")
    target.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{len(cases)} cases, {target.stat().st_size / 1e3:.0f} kB")
    assert all(math.isfinite(x) for c in cases for t in c["tensors"] for x in t["expected"])


main()
