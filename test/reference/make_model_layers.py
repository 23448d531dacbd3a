"""Reference of the layers of `whittle/layers`: PyTorch's own in float64, with gradients by autograd of sum(y * c).
Run: pip install torch==2.13.0 && python3 test/reference/make_model_layers.py  (writes model_layers.json beside it)
Numbers are multiples of 1/64: exact in float32, and short in JSON."""
import json
import pathlib

import torch
from torch.nn import functional as F

torch.manual_seed(1)


def draw(*shape):
    return (torch.randn(*shape, dtype=torch.float64) * 64).round() / 64


def case(settings, inputs, weights, compute, ids=None):
    tensors = [t.clone().requires_grad_() for t in (*inputs, *weights.values())]
    given, own = tensors[: len(inputs)], dict(zip(weights, tensors[len(inputs) :]))
    y = compute(given, own)
    c = draw(*y.shape)
    gradients = torch.autograd.grad((y * c).sum(), tensors)
    as_json = lambda t: {"shape": list(t.shape), "values": t.detach().flatten().tolist()}
    return {
        "settings": settings,
        "inputs": [as_json(t) for t in inputs],
        **({} if ids is None else {"ids": as_json(ids)}),
        "weights": {name: as_json(t) for name, t in weights.items()},
        "c": as_json(c),
        "y": as_json(y),
        "gradients": [as_json(t) for t in gradients],
    }


def attention(width, heads, positions, others=None, causal=False, ids=None):
    names = ("query", "key", "value")
    weights = {}
    for name in (*names, "output"):
        weights[name] = draw(width, width)
        weights[f"{name}_bias"] = draw(width)
    inputs = [draw(2, positions, width)] + ([] if others is None else [draw(2, others, width)])

    def compute(given, own):
        query, answers = given[0], given[-1]
        # Kernels here are [in, out], PyTorch's [out, in].
        mixed, _ = F.multi_head_attention_forward(
            query.transpose(0, 1), answers.transpose(0, 1), answers.transpose(0, 1), width, heads,
            torch.cat([own[name].T for name in names]), torch.cat([own[f"{name}_bias"] for name in names]),
            None, None, False, 0.0, own["output"].T, own["output_bias"], need_weights=False,
            key_padding_mask=None if ids is None else ids == 0,
            attn_mask=torch.triu(torch.full((positions, positions), -torch.inf, dtype=torch.float64), 1) if causal else None,
        )
        return mixed.transpose(0, 1)

    return case({"heads": heads, "causal": causal}, inputs, weights, compute, ids)


def group_normalization(shape, groups):
    channels = shape[-1]
    return case(
        {"groups": groups}, [draw(*shape)], {"gamma": draw(channels), "beta": draw(channels)},
        lambda given, own: F.group_norm(given[0].movedim(-1, 1), groups, own["gamma"], own["beta"], 1e-5).movedim(1, -1),
    )


reference = {
    "multiHeadAttention": [attention(6, 2, 3), attention(6, 3, 4, causal=True), attention(4, 2, 3, others=5)],
    "rmsNormalization": [
        case({}, [draw(*shape)], {"gamma": draw(shape[-1])},
             lambda given, own: F.rms_norm(given[0], (given[0].shape[-1],), own["gamma"], 1e-6))
        for shape in ((3, 5), (2, 3, 4))
    ],
    "groupNormalization": [group_normalization((2, 3, 2, 6), 2), group_normalization((2, 5, 4), 4)],
}
# Padding at the end, at the start, and where what asks is something else; no row in which nothing is seen.
reference["multiHeadAttention"] += [
    attention(6, 2, 4, ids=torch.tensor([[5, 3, 0, 0], [0, 7, 1, 2]])),
    attention(6, 3, 4, causal=True, ids=torch.tensor([[5, 3, 0, 0], [1, 1, 1, 1]])),
    attention(4, 2, 3, others=5, ids=torch.tensor([[9, 2, 4, 0, 0], [0, 0, 0, 1, 3]])),
]
file = pathlib.Path(__file__).parent / "model_layers.json"
file.write_text(json.dumps(reference) + "\n")
