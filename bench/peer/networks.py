"""The networks of bench/speed/cases.ts."""
from torch import nn
from torch.nn import functional as F


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
        nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
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
