"""The steps of bench/speed/cases.ts in PyTorch, as fast as we know how to write them: foreach operations for the update,
channels-last where it helps, no value read but the loss.

    python3 bench/peer/speed.py CASE FILE   takes steps on request, a line of JSON each way; FILE: where Whittle's worker begins
    python3 bench/peer/speed.py list        the cases that there are
"""
import json
import sys
import time

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from layer_kinds import BODIES, Classifier
from networks import LeNet5, ResNet, Transformer, lenet300

FLOOR = 0.3
MODELS = {"lenet300": lenet300, "lenet5": LeNet5, "resnet32": ResNet, "transformer": Transformer}


def as_torch(value, name, shape):
    """From TensorFlow's order of axes to PyTorch's."""
    if value.dim() == 1 or name.endswith("embeddings") or name.startswith("embedding"):
        return value
    if value.dim() == 4 and "depthwise" in name:
        turned = value.permute(2, 3, 0, 1).reshape(-1, 1, *value.shape[:2])
    else:
        turned = value.permute({2: (1, 0), 3: (2, 1, 0), 4: (3, 2, 0, 1), 5: (4, 3, 0, 1, 2)}[value.dim()])
    return turned if turned.shape == shape else None


def channels_first(weight, image):
    """The classifier's columns, which TensorFlow orders with the channels last, as the flattened image has them."""
    channels, *positions = image
    return weight.reshape(len(weight), *positions, channels).movedim(-1, 1).flatten(1)


def load(model, stored):
    """
    Whittle's weights and masks, by name or in their order. Returns which parameters are pruned, their masks, those of a
    probe, whether all could be taken over, and Whittle's name of each parameter.
    """
    names = [key[len("weight:"):] for key in stored if key.startswith("weight:")]
    kinds = {"weight": ("weight", "kernel", "gamma"), "bias": ("bias", "beta")}
    parameters = list(model.named_parameters())

    def find(name):
        path, _, last = name.rpartition(".")
        for kind in kinds.get(last, ()):
            for candidate in (f"{path}.{kind}", f"{path.replace('.', '_')}/{kind}"):
                if candidate in names:
                    return candidate
        return None

    def take(kind, name, of, shape):
        stored_one = None if name is None else stored.get(f"{kind}:{name}")
        turned = None if stored_one is None else as_torch(stored_one, name, shape)
        image = getattr(model, "image", ())
        return channels_first(turned, image) if turned is not None and of == "head.weight" and image else turned

    found = [find(name) for name, _ in parameters]
    if None in found:
        found = names if len(names) == len(parameters) else [None] * len(parameters)
    shapes = [(of, parameter.shape) for of, parameter in parameters]
    # The masks of a probe: every fourth weight, in Whittle's order.
    for key in [key for key in stored if key.startswith("mask:")]:
        shape = stored[key].shape
        stored[f"trial:{key[len('mask:') :]}"] = (torch.arange(shape.numel()) % 4 != 0).float().reshape(shape)
    values, masks, trials = (
        [take(kind, name, *one) for one, name in zip(shapes, found)] for kind in ("weight", "mask", "trial")
    )
    # Where not all are known (recurrent layers, whose gates lie otherwise), none is taken: only the times can be compared.
    complete = all(value is not None for value in values)
    if not complete:
        masks = trials = [(torch.rand(shape) < 0.5).float() if len(shape) > 1 else None for _, shape in shapes]
    with torch.no_grad():
        for (_, parameter), value, mask in zip(parameters, values, masks):
            if complete:
                parameter.copy_(value)
            if mask is not None:
                parameter.mul_(mask)
    of_pruned = lambda all: [one.contiguous() for one in all if one is not None]
    pruned = [index for index, mask in enumerate(masks) if mask is not None]
    return pruned, of_pruned(masks), of_pruned(trials), complete, found


def make(case, stored):
    """The model, and its batch with the channels where PyTorch wants them."""
    x, y = stored["x"], stored["y"].long().flatten()
    if x.dim() > 3:
        x = x.movedim(-1, 1).contiguous()
        if x.dim() == 4 and case != "lenet5":
            x = x.to(memory_format=torch.channels_last)
    return MODELS[case]() if case in MODELS else Classifier(BODIES[case](), x), x, y


def main(case, file):
    torch.manual_seed(0)
    stored = load_file(file)
    model, x, y = make(case, stored)
    pruned, kept, trial, complete, _ = load(model, stored)
    if case == "resnet32":
        model = model.to(memory_format=torch.channels_last)
    parameters = list(model.parameters())
    adam = case == "transformer"
    strength, rate = (1e-4, 1e-3) if adam else (6e-4, {"lenet300": 0.1, "lenet5": 0.05, "resnet32": 0.002}.get(case, 0.01))
    weights = [parameters[index] for index in pruned]
    kept = [mask.to(memory_format=torch.channels_last) if mask.dim() == 4 and case == "resnet32" else mask for mask in kept]
    survivors = [float(mask.sum()) for mask in kept]
    first = [torch.zeros_like(p) for p in parameters]
    second = [torch.zeros_like(p) for p in parameters] if adam else []
    taken = 0

    table_x, order = stored.pop("table.x"), stored.pop("table.order").long()
    table_y = stored.pop("table.y").long()
    batch, looped, is_bytes = len(x), 0, case in ("lenet300", "lenet5", "resnet32")
    # As a training set lies in memory: bytes, or ids.
    table_x = table_x.to(torch.uint8) if is_bytes else table_x.int() if adam else table_x

    def loop():
        nonlocal looped
        start = looped % (len(order) // batch) * batch
        looped += 1
        picked = order[start : start + batch]
        examples = table_x[picked]
        if is_bytes:
            # A permuted view of rows with the channels last is what channels-last means.
            examples = (examples.float() * (1 / 255)).movedim(-1, 1)
            if case == "lenet5":
                examples = examples.contiguous()
        return step(examples, table_y[picked].flatten())

    def step(x=x, y=y):
        nonlocal taken
        taken += 1
        loss = F.cross_entropy(model(x), y)
        gradients = list(torch.autograd.grad(loss, parameters))
        with torch.no_grad():
            masked = [gradients[index] for index in pruned]
            torch._foreach_mul_(masked, kept)
            size = torch._foreach_abs(masked)
            torch._foreach_div_(size, [-s.sum() / n for s, n in zip(size, survivors)])
            torch._foreach_exp_(size)
            torch._foreach_mul_(size, -(1 - FLOOR) * strength)
            torch._foreach_add_(size, 1 - FLOOR * strength)
            torch._foreach_mul_(weights, size)
            if adam:
                torch._foreach_lerp_(first, gradients, 0.1)
                torch._foreach_mul_(second, 0.999)
                torch._foreach_addcmul_(second, gradients, gradients, 0.001)
                root = torch._foreach_sqrt(second)
                torch._foreach_div_(root, (1 - 0.999**taken) ** 0.5)
                torch._foreach_add_(root, 1e-8)
                torch._foreach_addcdiv_(parameters, first, root, -rate / (1 - 0.9**taken))
            else:
                torch._foreach_mul_(first, 0.9)
                torch._foreach_add_(first, gradients)
                torch._foreach_add_(parameters, first, alpha=-rate)
        return loss.item()

    # Whittle scores 500 examples at once, the transformer's twin 32: what is scored is the batch, eight times over.
    at_once = len(x) if adam else 500
    scored_x, scored_y = torch.cat([x] * 8), torch.cat([y] * 8)
    if x.dim() == 4 and case != "lenet5":
        scored_x = scored_x.to(memory_format=torch.channels_last)

    def evaluate():
        model.eval()
        loss = right = 0.0
        with torch.inference_mode():
            each = len(y) // len(x)
            for start in range(0, len(scored_x), at_once):
                batch = scored_x[start : start + at_once]
                targets = scored_y[start * each : (start + len(batch)) * each]
                scores = model(batch)
                loss += F.cross_entropy(scores, targets).item() * len(batch) / len(scored_x)
                if not adam:
                    right += (scores.argmax(1) == targets).sum().item()
        model.train()
        return loss

    # A probe is a pass over trial weights, which have to be put in place and back.
    def probe():
        with torch.no_grad():
            kept_back = [w.clone() for w in weights]
            torch._foreach_mul_(weights, trial)
        loss = evaluate()
        with torch.no_grad():
            torch._foreach_copy_(weights, kept_back)
        return loss

    passes = {"step": step, "loop": loop, "evaluate": evaluate, "probe": probe}
    print(json.dumps({"ready": True, "complete": complete}), flush=True)
    for line in sys.stdin:
        losses, times = [], []
        request = json.loads(line)
        for _ in range(request["count"]):
            start = time.perf_counter()
            losses.append(passes[request["pass"]]())
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"losses": losses, "times": times}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "list":
        print(json.dumps([*MODELS, *BODIES]))
    else:
        main(sys.argv[1], sys.argv[2])
