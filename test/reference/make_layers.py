"""Reference of regularized steps of every kind of layer: the twins of bench/peer/speed.py in float64, their gradients by
autograd, the update written here. Run, with the interpreter that `npm run bench -- speed dense` installs into the cache:
  python3 test/reference/make_layers.py          (writes layers.json beside it)

Each kind takes six steps of momentum from the weights, masks and batch of bench/speed/start.ts, coupled in two ways:
  decoupled  W <- (step(W, G) - lambda * W * I) * M
  optimizer  W <- step(W, G + gamma * 2 * W * I) * M      with I = floor + (1 - floor) * exp(-|G| / mean of |G| that survive)
What is kept of each tensor does not depend on the order of its axes: sum, sum of |w|, sum of squares, largest |w|.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "bench/peer"))
import speed  # noqa: E402

STEPS, RATE, STRENGTH, FLOOR, MOMENTUM = 6, 0.01, 0.02, 0.3, 0.9
# They draw numbers, or hold their gates otherwise than TensorFlow.
LEFT_OUT = {"dropout", "spatialDropout1d"}


def start_of(case):
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/start.safetensors"
        command = ["npx", "tsx", "bench/speed/worker.ts", case, "eager", file]
        subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=True, capture_output=True)
        return load_file(file)


def run(case, stored, coupling):
    torch.manual_seed(0)
    model, x, y = speed.make(case, stored)
    pruned, kept, _, complete, names = speed.load(model, dict(stored))
    if not complete:
        return None
    model = model.double()
    x = x.double()
    masks = dict(zip(pruned, (mask.double() for mask in kept)))
    parameters = list(model.parameters())
    moments = [torch.zeros_like(p) for p in parameters]
    losses = []
    for _ in range(STEPS):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        gradients = torch.autograd.grad(loss, parameters)
        losses.append(loss.item())
        with torch.no_grad():
            for at, (w, g) in enumerate(zip(parameters, gradients)):
                mask = masks.get(at)
                shrunk = torch.zeros_like(w)
                if mask is not None:
                    g = g * mask
                    irrelevance = FLOOR + (1 - FLOOR) * torch.exp(-g.abs() / (g.abs().sum() / mask.sum()))
                    if coupling == "optimizer":
                        g = g + STRENGTH * 2 * w * irrelevance
                    else:
                        shrunk = STRENGTH * w * irrelevance
                moments[at].mul_(MOMENTUM).add_(g)
                w -= RATE * moments[at] + shrunk
                if mask is not None:
                    w *= mask
    with torch.no_grad():
        tensors = {
            name: [w.sum().item(), w.abs().sum().item(), (w**2).sum().item(), w.abs().max().item()]
            for name, w in zip(names, parameters)
        }
    return {"losses": losses, "tensors": tensors}


def main():
    cases = {}
    for case in speed.BODIES:
        if case in LEFT_OUT:
            continue
        stored = start_of(case)
        found = {coupling: run(case, stored, coupling) for coupling in ("decoupled", "optimizer")}
        if found["decoupled"] is not None:
            cases[case] = found
        print(case, "left out" if found["decoupled"] is None else found["decoupled"]["losses"][-1])
    reference = {"steps": STEPS, "rate": RATE, "strength": STRENGTH, "floor": FLOOR, "momentum": MOMENTUM, "cases": cases}
    (HERE / "layers.json").write_text(json.dumps(reference, indent=1) + "\n")


main()
