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
from torch import nn
from torch.nn import functional as F

FLOOR = 0.3


class Last(nn.Module):
    """Channels to the end and back, for layers of TensorFlow that have them there."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.movedim(-1, 1)).movedim(1, -1)


class State(nn.Module):
    """What a recurrent layer ends with, in each direction."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        last = self.inner(x)[1]
        last = last[0] if isinstance(last, tuple) else last
        return last.movedim(0, 1).flatten(1)


class Sequences(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)[0]


class Separable(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, filters, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Cropped(nn.Module):
    """TensorFlow takes away the last row and column."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)[:, :, :-1, :-1]


class HardSigmoid(nn.Module):
    """Steeper than PyTorch's own."""

    def forward(self, x):
        return torch.clamp(0.2 * x + 0.5, 0, 1)


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Embedding(1000, 32)

    def forward(self, x):
        return self.inner(x.long())


class Merge(nn.Module):
    def __init__(self, merge):
        super().__init__()
        self.one, self.other, self.merge = nn.Linear(64, 64), nn.Linear(64, 64), merge

    def forward(self, x):
        return self.merge(torch.tanh(self.one(x)), torch.tanh(self.other(x)))


def conv2d(inside, channels=8):
    """Behind a convolution, as the case has it."""
    return [nn.Conv2d(channels, channels, 3, padding=1), inside]


def vector(inside):
    return [nn.Linear(64, 64), inside]


def sequence(inside):
    return [nn.Linear(32, 32), inside]


def over_time(inside):
    return [nn.Linear(32, 32), Last(inside)]


def volume(inside):
    return [nn.Conv3d(4, 4, 3, padding=1), inside]


relu = nn.ReLU
ACTIVATIONS = {
    "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus, "softsign": nn.Softsign, "selu": nn.SELU,
    "hardSigmoid": HardSigmoid, "relu6": nn.ReLU6, "swish": nn.SiLU, "mish": nn.Mish,
}
# Layers before the classifier; those of images and volumes get their channels first.
BODIES = {
    "dense": lambda: [nn.Linear(64, 64), relu()],
    "conv1d": lambda: [Last(nn.Conv1d(32, 32, 3)), relu()],
    "conv2d": lambda: [nn.Conv2d(8, 16, 3), relu()],
    "conv3d": lambda: volume(nn.Conv3d(4, 8, 3)),
    "conv2dTranspose": lambda: conv2d(Cropped(nn.ConvTranspose2d(8, 8, 3, stride=2))),
    "depthwiseConv2d": lambda: conv2d(nn.Conv2d(8, 8, 3, groups=8)),
    "separableConv2d": lambda: conv2d(Separable(8, 16)),
    "embedding": lambda: [Embedding()],
    "simpleRNN": lambda: [State(nn.RNN(32, 32, batch_first=True))],
    "lstm": lambda: [State(nn.LSTM(32, 32, batch_first=True))],
    "gru": lambda: [State(nn.GRU(32, 32, batch_first=True))],
    "lstm, sequences": lambda: [Sequences(nn.LSTM(32, 16, batch_first=True))],
    "bidirectional": lambda: [State(nn.GRU(32, 16, batch_first=True, bidirectional=True))],
    "timeDistributed": lambda: [nn.Linear(32, 32)],
    "batchNormalization": lambda: conv2d(nn.BatchNorm2d(8, eps=1e-3, momentum=0.01)),
    "batchNormalization of vectors": lambda: vector(nn.BatchNorm1d(64, eps=1e-3, momentum=0.01)),
    "layerNormalization": lambda: sequence(nn.LayerNorm(32, eps=1e-3)),
    "prelu": lambda: vector(nn.PReLU(64)),
    "leakyReLU": lambda: vector(nn.LeakyReLU(0.3)),
    "elu": lambda: vector(nn.ELU()),
    "reLU to 6": lambda: vector(nn.ReLU6()),
    "softmax": lambda: vector(nn.Softmax(-1)),
    "dropout": lambda: vector(nn.Dropout(0.3)),
    "spatialDropout1d": lambda: over_time(nn.Dropout1d(0.3)),
    "maxPooling1d": lambda: over_time(nn.MaxPool1d(2)),
    "maxPooling2d": lambda: conv2d(nn.MaxPool2d(2)),
    "averagePooling1d": lambda: over_time(nn.AvgPool1d(2)),
    "averagePooling2d": lambda: conv2d(nn.AvgPool2d(2)),
    "averagePooling3d": lambda: volume(nn.AvgPool3d(2)),
    "globalAveragePooling2d": lambda: conv2d(nn.AdaptiveAvgPool2d(1)),
    "globalMaxPooling2d": lambda: conv2d(nn.AdaptiveMaxPool2d(1)),
    "globalMaxPooling1d": lambda: over_time(nn.AdaptiveMaxPool1d(1)),
    "upSampling2d": lambda: conv2d(nn.Upsample(scale_factor=2)),
    "zeroPadding2d": lambda: conv2d(nn.ZeroPad2d(1)),
    "add": lambda: [Merge(torch.add)],
    "multiply": lambda: [Merge(torch.mul)],
    "maximum": lambda: [Merge(torch.maximum)],
    "minimum": lambda: [Merge(torch.minimum)],
    "concatenate": lambda: [Merge(lambda a, b: torch.cat([a, b], 1))],
    **{f"activation {name}": (lambda make=make: vector(make())) for name, make in ACTIVATIONS.items()},
}


class Classifier(nn.Module):
    def __init__(self, body, example):
        super().__init__()
        self.body = nn.Sequential(*body)
        with torch.no_grad():
            features = self.body.eval()(example)
        self.train()
        # Shape of what is flattened, where it has its channels first; sequences have them last as in TensorFlow.
        self.image = tuple(features.shape[1:]) if features.dim() > 3 else ()
        self.head = nn.Linear(features.flatten(1).shape[1], 10)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))


class Block(nn.Module):
    def __init__(self, channels, filters, strides):
        super().__init__()
        self.a = Normed(channels, filters, 3, strides)
        self.b = Normed(filters, filters, 3, 1)
        self.shortcut = Normed(channels, filters, 1, strides) if strides != 1 else None

    def forward(self, x):
        return F.relu(self.b(F.relu(self.a(x))) + (x if self.shortcut is None else self.shortcut(x)))


class Normed(nn.Module):
    """TensorFlow pads a convolution of stride 2 at the end alone."""

    def __init__(self, channels, filters, size, strides):
        super().__init__()
        self.pad = (0, 1, 0, 1) if strides == 2 and size == 3 else None
        self.conv = nn.Conv2d(channels, filters, size, strides, 0 if self.pad or size == 1 else 1, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        return self.norm(self.conv(F.pad(x, self.pad) if self.pad else x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, channels, blocks = Normed(3, 16, 3, 1), 16, []
        for filters, first in ((16, 1), (32, 2), (64, 2)):
            for block in range(5):
                blocks.append(Block(channels, filters, first if block == 0 else 1))
                channels = filters
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.stem(x))).mean((2, 3)))


TOKENS, WIDTH, HEADS, INNER, VOCABULARY, LAYERS = 24, 128, 4, 512, 8000, 3


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, to, causal=False):
        def split(of):
            return of.view(len(of), TOKENS, HEADS, WIDTH // HEADS).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(split(self.q(x)), split(self.k(to)), split(self.v(to)), is_causal=causal)
        return self.o(mixed.transpose(1, 2).reshape(len(x), TOKENS, WIDTH))


class Feed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x):
        return self.b(F.relu(self.a(x)))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.self, self.feed = Attention(), Feed()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))

    def forward(self, x):
        own = self.norms[0](x)
        x = x + self.self(own, own)
        return x + self.feed(self.norms[1](x))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.self, self.cross, self.feed = Attention(), Attention(), Feed()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))

    def forward(self, x, read):
        own = self.norms[0](x)
        x = x + self.self(own, own, True)
        x = x + self.cross(self.norms[1](x), read)
        return x + self.feed(self.norms[2](x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.encoder = nn.ModuleList(Encoder() for _ in range(LAYERS))
        self.decoder = nn.ModuleList(Decoder() for _ in range(LAYERS))

    def forward(self, x):
        x = x.long()
        read = self.embedding(x[:, 0])
        for layer in self.encoder:
            read = layer(read)
        said = self.embedding(x[:, 1])
        for layer in self.decoder:
            said = layer(said, read)
        return F.linear(said.reshape(-1, WIDTH), self.embedding.weight)


def lenet300():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 300), relu(), nn.Linear(300, 100), relu(), nn.Linear(100, 10)
    )


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 20, 5), nn.Conv2d(20, 50, 5)
        self.c, self.d = nn.Linear(800, 500), nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        x = F.max_pool2d(F.relu(self.b(x)), 2)
        # As TensorFlow flattens: channels last.
        return self.d(F.relu(self.c(x.permute(0, 2, 3, 1).flatten(1))))


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
