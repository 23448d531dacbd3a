"""The study of docs/method.md: which term, signal and coupling, at equal sparsity and equal training.

LeNet-300-100 on MNIST. Every run of a seed starts from the same dense model and sees the same batches; a cubic schedule
(arXiv 1710.01878) takes it to 90, 95, 98, 99 and 99.5 % sparsity. Each method's strength is chosen for each sparsity by the
mean validation error over seeds 0 to 2; what is reported is the test error of seeds 3 to 7, which no choice has seen.

PyTorch trains many networks at once on one GPU, which is what makes 2,000 runs a matter of minutes: the update is written
anew in update.py, and `check` compares it with test/reference/update.json, as a unit test does with Whittle's. Whittle's own runs
with the chosen strengths: `npm run bench -- study --data idx:DIR`.

  python3 bench/study/study.py check                                              the update against the reference
  python3 bench/study/study.py run --data DIR --out bench/study/results.jsonl     goes on where it was; needs a GPU to be quick
      [--only adam,optimizer] [--sparsities 0.99] [--length 2]                    a part of it; more epochs of pruning and fine-tuning
  python3 bench/study/study.py table --out bench/study/results.jsonl              the tables
  python3 bench/study/study.py plot --out bench/study/results.jsonl --picture docs/images/study.png   (matplotlib)
"""
import argparse
import gzip
import json
import math
import pathlib
import statistics
import sys
import time

import torch

from update import check, update

SHAPES = [(784, 300), (300, 100), (100, 10)]
SPARSITIES = [0.9, 0.95, 0.98, 0.99, 0.995]
CHOOSE, REPORT = [0, 1, 2], [3, 4, 5, 6, 7]
BATCH, VALIDATION = 100, 6000
DENSE_EPOCHS, PRUNING_EPOCHS, RAMP, FINETUNE_EPOCHS = 6, 24, 0.8, 12

OPTIMIZERS = {
    "momentum": {"rate": 0.1, "momentum": 0.9},
    "adam": {"rate": 0.001, "momentum": 0.9, "decay": 0.999, "epsilon": 1e-8},
}
IRRELEVANCE = {"method": "irrelevance", "scale": "mean", "alpha": 1.0, "floor": 0.0}
METHODS = {
    "none": {"method": "none"},
    "l2": {"method": "l2"},
    "l1": {"method": "l1"},
    "lobster": {"method": "lobster"},
    "irrelevance, |G| of the batch, floor 0.3": {**IRRELEVANCE, "signal": "gradient", "average": 0.0, "floor": 0.3},
    "irrelevance, mean |G|": {**IRRELEVANCE, "signal": "gradient", "average": 0.95},
    "irrelevance, mean |W·G|": {**IRRELEVANCE, "signal": "weightGradient", "average": 0.95},
    "irrelevance, movement": {**IRRELEVANCE, "signal": "movement", "average": 0.95},
    "irrelevance, snr": {**IRRELEVANCE, "signal": "snr", "average": 0.95},
}
COUPLINGS = [("momentum", "decoupled"), ("momentum", "optimizer"), ("adam", "optimizer"), ("adam", "decoupled")]
# A step of momentum's coupled term adds up to 2γη / (1 − μ) = 2γ; an l1 term pulls with a force of its own.
STRENGTHS = {
    ("momentum", "decoupled"): [5e-5, 1.5e-4, 4.5e-4, 1.35e-3],
    ("momentum", "optimizer"): [2.5e-5, 7.5e-5, 2.25e-4, 6.75e-4],
    ("adam", "optimizer"): [1e-4, 3e-4, 9e-4, 2.7e-3],
    ("adam", "decoupled"): [5e-5, 1.5e-4, 4.5e-4, 1.35e-3],
}
L1_STRENGTHS = {
    ("momentum", "decoupled"): [1.5e-6, 4.5e-6, 1.35e-5, 4e-5],
    ("momentum", "optimizer"): [1.5e-6, 4.5e-6, 1.35e-5, 4e-5],
    ("adam", "optimizer"): [5e-6, 1.5e-5, 4.5e-5, 1.35e-4],
    ("adam", "decoupled"): [5e-7, 1.5e-6, 4.5e-6, 1.35e-5],
}


def read_idx(path):
    with gzip.open(path) as file:
        data = file.read()
    dims = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])]
    return torch.frombuffer(bytearray(data[4 + 4 * len(dims) :]), dtype=torch.uint8).reshape(dims)


class Data:
    def __init__(self, folder, device):
        load = lambda name: read_idx(pathlib.Path(folder) / name).to(device)
        x, y = load("train-images-idx3-ubyte.gz").reshape(-1, 784), load("train-labels-idx1-ubyte.gz").long()
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0)).to(device)
        held, kept = order[:VALIDATION], order[VALIDATION:]
        self.train, self.validation = (x[kept], y[kept]), (x[held], y[held])
        self.test = load("t10k-images-idx3-ubyte.gz").reshape(-1, 784), load("t10k-labels-idx1-ubyte.gz").long()


class Networks:
    """`models` networks of one shape, each with a seed of its own; `step` is one CUDA graph where there is a GPU."""

    def __init__(self, data, seeds, optimizer, method, coupling, strengths, device):
        self.data, self.seeds, self.device, self.method, self.coupling = data, seeds, device, method, coupling
        self.optimizer = {**OPTIMIZERS[optimizer], "name": optimizer}
        count = len(seeds)
        zeros = lambda shapes: [torch.zeros(count, *shape, device=device) for shape in shapes]
        self.w, self.b = zeros(SHAPES), zeros([(1, shape[1]) for shape in SHAPES])
        self.mask = [torch.ones_like(w) for w in self.w]
        self.unmasked = [torch.ones_like(b) for b in self.b]
        self.slots = [[torch.zeros_like(p), torch.zeros_like(p)] for p in self.w + self.b]
        names = {"gradient": ["size"], "weightGradient": ["influence"], "movement": ["gradient"], "snr": ["gradient", "square"]}
        kept = names[method["signal"]] if method.get("average", 0) > 0 else []
        self.memory = [{name: torch.zeros_like(w) for name in kept} for w in self.w]
        self.strength = torch.tensor(strengths, device=device).reshape(count, 1, 1)
        scalar = lambda: torch.zeros((), device=device)
        self.rate, self.first, self.second, self.correction = scalar(), scalar(), scalar(), scalar()
        self.batch = torch.zeros(count, BATCH, dtype=torch.long, device=device)
        self.eye = torch.eye(10, device=device)
        self.graphs, self.t = {}, 0
        for index, seed in enumerate(seeds):
            generator = torch.Generator().manual_seed(1000 + seed)
            for w, (inputs, outputs) in zip(self.w, SHAPES):
                limit = math.sqrt(6 / (inputs + outputs))
                w[index] = ((torch.rand(inputs, outputs, generator=generator) * 2 - 1) * limit).to(device)

    def step_once(self, regularized):
        x = self.data.train[0][self.batch].float() / 255
        y = self.data.train[1][self.batch]
        (w1, w2, w3), (b1, b2, b3) = self.w, self.b
        h1 = torch.baddbmm(b1, x, w1).relu_()
        h2 = torch.baddbmm(b2, h1, w2).relu_()
        d3 = torch.softmax(torch.baddbmm(b3, h2, w3), -1)
        d3 = (d3 - self.eye[y]) / BATCH
        d2 = torch.bmm(d3, w3.mT) * (h2 > 0)
        d1 = torch.bmm(d2, w2.mT) * (h1 > 0)
        gradients = [torch.bmm(x.mT, d1), torch.bmm(h1.mT, d2), torch.bmm(h2.mT, d3)]
        gradients += [d.sum(1, keepdim=True) for d in (d1, d2, d3)]
        strength = self.strength if regularized else None
        for i, w in enumerate(self.w):
            update(self.method, self.coupling, self.optimizer, w, gradients[i], self.mask[i], self.slots[i],
                   self.memory[i], self.rate, strength, (self.first, self.second), self.correction)
        for i, b in enumerate(self.b):
            update({"method": "none"}, self.coupling, self.optimizer, b, gradients[3 + i], self.unmasked[i],
                   self.slots[3 + i], {}, self.rate, None, (self.first, self.second), self.correction)

    def step(self, indices, rate, regularized):
        self.t += 1
        self.batch.copy_(indices)
        self.rate.fill_(rate)
        if self.optimizer["name"] == "adam":
            self.first.fill_(1 / (1 - self.optimizer["momentum"] ** self.t))
            self.second.fill_(1 / (1 - self.optimizer["decay"] ** self.t))
        if self.method.get("average", 0) > 0:
            self.correction.fill_(1 / (1 - self.method["average"] ** self.t))
        if self.device != "cuda":
            return self.step_once(regularized)
        if regularized not in self.graphs:
            state = [*self.w, *self.b, *sum(self.slots, []), *[m for one in self.memory for m in one.values()]]
            before = [tensor.clone() for tensor in state]
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(3):
                    self.step_once(regularized)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self.step_once(regularized)
            for tensor, value in zip(state, before):
                tensor.copy_(value)
            self.graphs[regularized] = graph
        self.graphs[regularized].replay()

    def reset(self):
        self.t = 0
        for tensor in [*sum(self.slots, []), *[m for one in self.memory for m in one.values()]]:
            tensor.zero_()

    def epoch(self, number, rate_at, regularized, steps=None):
        """@param number tells the epoch's shuffle; rate_at(part of the epoch) is the learning rate"""
        count = len(self.data.train[0])
        order = {s: torch.randperm(count, generator=torch.Generator().manual_seed(s * 1000 + number)) for s in set(self.seeds)}
        orders = torch.stack([order[s] for s in self.seeds]).to(self.device)
        steps = steps or count // BATCH
        for step in range(steps):
            self.step(orders[:, step * BATCH : (step + 1) * BATCH], rate_at(step / steps), regularized)

    def errors(self, split):
        """In percent, one per network."""
        x, y = split
        wrong = torch.zeros(len(self.seeds), device=self.device)
        for at in range(0, len(x), 500):
            h = (x[at : at + 500].float() / 255).expand(len(self.seeds), -1, -1)
            for i in range(2):
                h = torch.baddbmm(self.b[i], h, self.w[i]).relu_()
            wrong += (torch.baddbmm(self.b[2], h, self.w[2]).argmax(-1) != y[at : at + 500]).sum(-1)
        return (100 * wrong / len(x)).tolist()

    def prune_to(self, goals):
        """The smallest |W| of all layers together, those that are pruned already first; goals in whole weights."""
        flat = torch.cat([torch.where(m > 0, w.abs(), -1.0).flatten(1) for w, m in zip(self.w, self.mask)], 1)
        order = torch.sort(flat, dim=1, stable=True).indices
        rank = torch.arange(flat.shape[1], device=self.device).expand_as(order)
        keep = torch.zeros_like(flat).scatter_(1, order, (rank >= torch.tensor(goals, device=self.device)[:, None]).float())
        at = 0
        for i, w in enumerate(self.w):
            size = w[0].numel()
            self.mask[i].copy_(keep[:, at : at + size].reshape(w.shape))
            at += size
            for tensor in [w, *self.slots[i], *self.memory[i].values()]:
                tensor.mul_(self.mask[i])

    def sparsity(self):
        total = sum(w[0].numel() for w in self.w)
        return [1 - remaining / total for remaining in sum(m.sum((1, 2)) for m in self.mask).tolist()]


def half_cosine(rate, epoch, epochs):
    return lambda part: rate * 0.5 * (1 + math.cos(math.pi * (epoch + part) / epochs))


def train_dense(data, optimizer, device):
    """@returns by seed, the weights of the epoch with the best validation error"""
    seeds = CHOOSE + REPORT
    nets = Networks(data, seeds, optimizer, {"method": "none"}, "decoupled", [0.0] * len(seeds), device)
    best = [(math.inf, None)] * len(seeds)
    for epoch in range(DENSE_EPOCHS):
        nets.epoch(epoch, half_cosine(nets.optimizer["rate"], epoch, DENSE_EPOCHS), False)
        for i, error in enumerate(nets.errors(data.validation)):
            if error < best[i][0]:
                best[i] = error, [p[i].clone() for p in nets.w + nets.b]
    return {seed: weights for seed, (_, weights) in zip(seeds, best)}


def prune_runs(data, dense, runs, optimizer, coupling, method, device, length=1):
    """@param length multiplies the epochs of pruning and of fine-tuning
    @param runs of (seed, sparsity, strength); @returns (validation, test error in percent, sparsity) of each"""
    nets = Networks(data, [r[0] for r in runs], optimizer, method, coupling, [r[2] for r in runs], device)
    for i, (seed, _, _) in enumerate(runs):
        for p, value in zip(nets.w + nets.b, dense[seed]):
            p[i] = value
    total, rate = sum(a * b for a, b in SHAPES), nets.optimizer["rate"]
    pruning_epochs, finetune_epochs = PRUNING_EPOCHS * length, FINETUNE_EPOCHS * length
    for epoch in range(pruning_epochs):
        nets.epoch(100 + epoch, lambda _: rate, True)
        left = 1 - min(1, (epoch + 1) / (RAMP * pruning_epochs))
        nets.prune_to([round(target * (1 - left**3) * total) for _, target, _ in runs])
    nets.reset()
    for epoch in range(finetune_epochs):
        nets.epoch(200 + epoch, half_cosine(rate, epoch, finetune_epochs), False)
    return list(zip(nets.errors(data.validation), nets.errors(data.test), nets.sparsity()))


def variants():
    for optimizer, coupling in COUPLINGS:
        for name, method in METHODS.items():
            if name == "none" and coupling == "optimizer":
                continue
            yield optimizer, coupling, name, method


def strengths_of(name, optimizer, coupling, length):
    """Longer runs try larger ones as well: the best of the short ones often lay at the end of the list."""
    if name == "none":
        return [0.0]
    listed = (L1_STRENGTHS if name == "l1" else STRENGTHS)[optimizer, coupling]
    return listed if length == 1 else [*listed[1:], 2 * listed[-1], 4 * listed[-1]]


def read_results(path):
    """A record for each method; where a file has one for each sparsity, as --results of Whittle's benchmarks writes, they are put together."""
    file = pathlib.Path(path)
    records = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        record = json.loads(line)
        same = records.setdefault(key_of(record), record)
        if same is not record:
            same["choosing"] += record["choosing"]
            same["reported"] += record["reported"]
    return list(records.values())


def key_of(record):
    return (record["optimizer"], record["coupling"], record["method"], record.get("length", 1))


def run(folder, out, seconds, only, sparsities, length):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = True
    started, data, dense = time.time(), Data(folder, device), {}
    done = {key_of(r) for r in read_results(out)}
    name_of = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    for optimizer, coupling, name, method in variants():
        if (optimizer, coupling, name, length) in done or not f"{optimizer},{coupling},{name}".startswith(only):
            continue
        if time.time() - started > seconds:
            print("time is up: run it again to go on")
            return
        if optimizer not in dense:
            dense[optimizer] = train_dense(data, optimizer, device)
        begun = time.time()
        strengths = strengths_of(name, optimizer, coupling, length)
        grid = [(s, target, k) for target in sparsities for k in strengths for s in CHOOSE]
        tried = prune_runs(data, dense[optimizer], grid, optimizer, coupling, method, device, length)
        chosen = {}
        for target in sparsities:
            mean = lambda k: statistics.mean(v for (_, t, s), (v, _, _) in zip(grid, tried) if t == target and s == k)
            chosen[target] = min(strengths, key=mean)
        final = [(s, target, chosen[target]) for target in sparsities for s in REPORT]
        reported = prune_runs(data, dense[optimizer], final, optimizer, coupling, method, device, length)
        rows = lambda runs, results: [
            {"seed": s, "target": t, "strength": k, "validation": round(v, 4), "test": round(e, 4), "sparsity": round(p, 6)}
            for (s, t, k), (v, e, p) in zip(runs, results)
        ]
        record = {"optimizer": optimizer, "coupling": coupling, "method": name, "length": length, "device": name_of,
                  "torch": torch.__version__, "choosing": rows(grid, tried), "reported": rows(final, reported)}
        with open(out, "a") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")
        at99 = [r["test"] for r in record["reported"] if r["target"] == 0.99]
        print(f"{optimizer}, {coupling}, {name}: {statistics.mean(at99):.2f} % at 99 % with {chosen[0.99]:g}, {time.time() - begun:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "run", "table", "plot"])
    parser.add_argument("--data")
    parser.add_argument("--out", default="bench/study/results.jsonl")
    parser.add_argument("--picture", default="docs/images/study.png")
    parser.add_argument("--seconds", type=float, default=math.inf, help="starts nothing new after this time")
    parser.add_argument("--only", default="", help="beginning of OPTIMIZER,COUPLING,METHOD")
    parser.add_argument("--sparsities", default=",".join(map(str, SPARSITIES)))
    parser.add_argument("--length", type=int, default=1, help="multiplies the epochs of pruning and of fine-tuning")
    options = parser.parse_args()
    if options.what == "check":
        check()
    elif options.what == "run":
        sparsities = [float(one) for one in options.sparsities.split(",")]
        run(options.data, options.out, options.seconds, options.only, sparsities, options.length)
    else:
        from report import plot, table
        table(read_results(options.out)) if options.what == "table" else plot(read_results(options.out), options.picture)


if __name__ == "__main__":
    main()
