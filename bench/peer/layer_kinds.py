"""A small network around each kind of layer: the twins of bench/speed/layerKinds.ts, by the same names."""
import torch
from torch import nn


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
