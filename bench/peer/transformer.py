"""The transformer of examples/translation.model.ts. What PyTorch has that is fast is used: fused attention, one product for queries,
keys and values, and oneDNN's products. It begins in the same distributions."""
import torch
from torch import nn
from torch.nn import functional as F

PADDING = 0
# As TensorFlow.js's layers have it.
NORM_EPSILON = 1e-3
EMBEDDING_SPREAD = 0.05


class Linear(torch.autograd.Function):
    """As `F.linear`, by oneDNN. MKL, which PyTorch takes, is half as fast on AMD's processors, where it does not use AVX-512."""

    @staticmethod
    def forward(context, x, weight, bias):
        context.save_for_backward(x, weight)
        context.has_bias = bias is not None
        return product(x, weight, bias)

    @staticmethod
    def backward(context, gradient):
        x, weight = context.saved_tensors
        rows = gradient.flatten(0, -2)
        of_bias = rows.sum(0) if context.has_bias else None
        return product(gradient, weight.T), product(rows.T, x.flatten(0, -2).T), of_bias


def product(x, weight, bias=None):
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")


linear = Linear.apply if torch.backends.mkldnn.is_available() else F.linear


class Dense(nn.Linear):
    """`kernels` layers side by side, each as TensorFlow.js initializes it."""

    def __init__(self, inputs, outputs, kernels=1):
        super().__init__(inputs, kernels * outputs)
        for kernel in self.weight.data.chunk(kernels):
            nn.init.xavier_uniform_(kernel)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        return linear(x, self.weight, self.bias)


class Attention(nn.Module):
    """Of features to themselves, or to those of another text."""

    def __init__(self, width, heads, to_itself):
        super().__init__()
        self.heads = heads
        self.asks = Dense(width, width, 3 if to_itself else 1)
        self.answers = None if to_itself else Dense(width, width, 2)
        self.output = Dense(width, width)

    def forward(self, x, read=None, **seen):
        if self.answers is None:
            parts = self.asks(x).chunk(3, -1)
        else:
            parts = (self.asks(x), *self.answers(read).chunk(2, -1))
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(query, key, value, **seen)
        return self.output(mixed.transpose(1, 2).flatten(2))


class Residual(nn.Module):
    """What a part makes of normalized features is added to them."""

    def __init__(self, width, dropout, part):
        super().__init__()
        self.norm, self.part, self.dropout = nn.LayerNorm(width, NORM_EPSILON), part, nn.Dropout(dropout)

    def forward(self, x, *others, **seen):
        return x + self.dropout(self.part(self.norm(x), *others, **seen))


class Transformer(nn.Module):
    def __init__(self, vocabulary, positions, width, layers, heads, dropout):
        super().__init__()

        def attention(to_itself=True):
            return Residual(width, dropout, Attention(width, heads, to_itself))

        def feed():
            inner = nn.Sequential(Dense(width, 4 * width), nn.ReLU(), Dense(4 * width, width))
            return Residual(width, dropout, inner)

        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        for embedding in (self.tokens, self.positions):
            nn.init.uniform_(embedding.weight, -EMBEDDING_SPREAD, EMBEDDING_SPREAD)
        self.dropout = nn.Dropout(dropout)
        self.reader = nn.ModuleList(nn.ModuleList((attention(), feed())) for _ in range(layers))
        self.writer = nn.ModuleList(nn.ModuleList((attention(), attention(False), feed())) for _ in range(layers))
        self.read_norm, self.write_norm = nn.LayerNorm(width, NORM_EPSILON), nn.LayerNorm(width, NORM_EPSILON)

    def embed(self, ids):
        return self.dropout(self.tokens(ids) + self.positions.weight[: ids.shape[1]])

    def read(self, source):
        """Features, and which of them others see."""
        x, seen = self.embed(source), (source != PADDING)[:, None, None]
        for attention, feed in self.reader:
            x = feed(attention(x, attn_mask=seen))
        return self.read_norm(x), seen

    def write(self, written, read, seen):
        """Features at each position. Padding comes last, where what is earlier does not see it."""
        x = self.embed(written)
        for attention, source, feed in self.writer:
            x = feed(source(attention(x, is_causal=True), read, attn_mask=seen))
        return self.write_norm(x)

    def next(self, features):
        return linear(features, self.tokens.weight, None)


def load(model, stored):
    """Weights as `whittle export RUN --to safetensors` writes them."""

    def take(layer, name, *kernels):
        """`kernels`: weights of the layer `name`, side by side, with the endings of their biases."""
        pairs = [(stored[f"{name}{kernel}"].T, stored[f"{name}{bias}"]) for kernel, bias in kernels]
        weight, bias = (torch.cat(parts) for parts in zip(*pairs))
        layer.load_state_dict({"weight": weight, "bias": bias})

    def take_norm(layer, name):
        layer.load_state_dict({"weight": stored[f"{name}/gamma"], "bias": stored[f"{name}/beta"]})

    def take_attention(residual, name):
        take_norm(residual.norm, f"{name}_norm")
        query, key, value, output = ((f"/{kind}", f"/{kind}_bias") for kind in ("query", "key", "value", "output"))
        part = residual.part
        take(part.asks, name, *((query, key, value) if part.answers is None else (query,)))
        if part.answers is not None:
            take(part.answers, name, key, value)
        take(part.output, name, output)

    def take_feed(residual, name):
        take_norm(residual.norm, f"{name}_norm")
        take(residual.part[0], name, ("_1/kernel", "_1/bias"))
        take(residual.part[2], name, ("_2/kernel", "_2/bias"))

    for kind in ("tokens", "positions"):
        getattr(model, kind).load_state_dict({"weight": stored[f"tokens/{kind}"]})
    for at, (attention, feed) in enumerate(model.reader, 1):
        take_attention(attention, f"read{at}_attention")
        take_feed(feed, f"read{at}_dense")
    for at, (attention, source, feed) in enumerate(model.writer, 1):
        take_attention(attention, f"write{at}_attention")
        take_attention(source, f"write{at}_source")
        take_feed(feed, f"write{at}_dense")
    take_norm(model.read_norm, "read_norm")
    take_norm(model.write_norm, "write_norm")
