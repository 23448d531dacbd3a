"""The transformer of examples/translation.model.ts in PyTorch, trained on the same texts by the same vocabulary in the same way: from the
same distributions, with the same batches, learning rates and dropout, though with random numbers of its own. Prints a JSON object.

    python3 bench/peer/translation.py DIR de-en tokenizer.json [--epochs 12] [--seed 0] [--threads 2] [--beams 4] …

Where PyTorch has something fast, that is used: fused attention, a fused optimizer, one product for queries, keys and values, and each side
of a batch as long as its own longest text. Seconds are those of the steps, batches included; scores and search are not in them.
"""
import argparse
import copy
import gzip
import json
import math
import time
from pathlib import Path

import sacrebleu
import tokenizers
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

PADDING, UNKNOWN, BEGIN, END = range(4)
# As TensorFlow.js's layers have it.
NORM_EPSILON = 1e-3
EMBEDDING_SPREAD = 0.05


def dense(inputs, outputs, kernels=1):
    """`kernels` layers side by side, each as TensorFlow.js initializes it."""
    layer = nn.Linear(inputs, kernels * outputs)
    for kernel in layer.weight.data.chunk(kernels):
        nn.init.xavier_uniform_(kernel)
    nn.init.zeros_(layer.bias)
    return layer


class Attention(nn.Module):
    """Of features to themselves, or to those of another text."""

    def __init__(self, width, heads, to_itself):
        super().__init__()
        self.heads = heads
        self.asks = dense(width, width, 3 if to_itself else 1)
        self.answers = None if to_itself else dense(width, width, 2)
        self.output = dense(width, width)

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
            inner = nn.Sequential(dense(width, 4 * width), nn.ReLU(), dense(4 * width, width))
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
        return F.linear(features, self.tokens.weight)


def read_lines(folder, stems, language):
    found = [file for stem in stems for ending in ("", ".gz") for file in sorted(folder.glob(f"{stem}.{language}{ending}"))]
    if not found:
        raise SystemExit(f"{folder} has no {stems[0]}.{language}")
    text = (gzip.open if found[0].suffix == ".gz" else open)(found[0], "rt", encoding="utf-8")
    with text:
        return text.read().split("\n")[:-1]


class Texts:
    """Pairs of texts, and the same as ids."""

    def __init__(self, folder, stems, languages, vocabulary):
        self.sources, self.references = (read_lines(folder, stems, language) for language in languages)
        self.ids = list(zip(*(
            [each.ids for each in vocabulary.encode_batch(side, add_special_tokens=False)]
            for side in (self.sources, self.references)
        )))


def as_batch(pairs):
    def padded(rows):
        return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PADDING)

    return (
        padded([[*source, END] for source, _ in pairs]),
        padded([[BEGIN, *target] for _, target in pairs]),
        padded([[*target, END] for _, target in pairs]),
    )


def length_class(pair):
    """As src/data/lengths.ts: of each doubling of the length, four lengths are told apart."""
    length = max(8, 1 + max(map(len, pair)))
    step = 2 ** int(math.log2(length)) // 4
    return math.ceil(length / step) * step


def epoch_batches(pairs, size):
    """Batches of pairs of like length, in random order; a smaller one, if there is one, comes last."""
    order = sorted(torch.randperm(len(pairs)).tolist(), key=lambda one: length_class(pairs[one]))
    whole = len(order) // size
    for batch in [*torch.randperm(whole).tolist(), *([whole] if len(order) % size else [])]:
        yield as_batch([pairs[one] for one in order[batch * size : (batch + 1) * size]])


def learning_rate(options, progress):
    """As src/pruning/learningRate.ts: it rises along a line, and falls along half a cosine."""
    if progress < options.warm_up:
        return options.learning_rate * progress / options.warm_up
    return options.learning_rate * 0.5 * (1 + math.cos(math.pi * (progress - options.warm_up) / (1 - options.warm_up)))


def loss_of(model, batch, smoothing):
    """Mean over all targets but padding."""
    source, written, targets = batch
    logits = model.next(model.write(written, *model.read(source)))
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PADDING, label_smoothing=smoothing)


def train_epoch(model, optimizer, pairs, options, epoch, steps_an_epoch):
    model.train()
    for step, batch in enumerate(epoch_batches(pairs, options.batch)):
        optimizer.param_groups[0]["lr"] = learning_rate(options, (epoch + step / steps_an_epoch) / options.epochs)
        optimizer.zero_grad()
        loss = loss_of(model, batch, options.smoothing)
        loss.backward()
        if options.clip_norm > 0:
            nn.utils.clip_grad_norm_(model.parameters(), options.clip_norm)
        optimizer.step()
        # As Whittle reads it after each step.
        loss = loss.item()
    return loss


@torch.inference_mode()
def validation_loss(model, pairs, smoothing, size=128):
    model.eval()
    total = count = 0
    ordered = sorted(pairs, key=length_class)
    for start in range(0, len(ordered), size):
        batch = as_batch(ordered[start : start + size])
        targets = (batch[2] != PADDING).sum().item()
        total += loss_of(model, batch, smoothing).item() * targets
        count += targets
    return total / count


@torch.inference_mode()
def search_beams(model, sources, beams, longest):
    """As src/generation/beamSearch.ts, with a length penalty of 1, without a cache. Returns the ids that each source became."""
    rows = pad_sequence([torch.tensor([*source, END]) for source in sources], batch_first=True, padding_value=PADDING)
    read, seen = model.read(rows)
    ends = [[] for _ in sources]
    live = [(example, (), 0.0) for example in range(len(sources))]
    for _ in range(longest):
        if not live:
            break
        examples = torch.tensor([example for example, _, _ in live])
        written = torch.tensor([(BEGIN, *ids) for _, ids, _ in live])
        features = model.write(written, read[examples], seen[examples])[:, -1]
        scores = F.log_softmax(model.next(features), -1)
        scores[:, [PADDING, UNKNOWN, BEGIN]] = -1e9
        values, tokens = (best.tolist() for best in scores.topk(2 * beams))
        found = [[] for _ in sources]
        for (example, ids, total), of_row, next_tokens in zip(live, values, tokens):
            found[example] += [(total + value, ids, token) for value, token in zip(of_row, next_tokens)]
        live = []
        for example, candidates in enumerate(found):
            candidates.sort(key=lambda one: -one[0])
            kept = []
            for rank, (total, ids, token) in enumerate(candidates[: 2 * beams]):
                if token != END:
                    kept.append((example, (*ids, token), total))
                elif rank < beams:
                    ends[example].append((total / (len(ids) + 1), ids))
            if len(ends[example]) < beams:
                live += kept[:beams]
    for example, ids, total in live:
        ends[example].append((total / len(ids), ids))
    return [max(of, key=lambda end: end[0])[1] for of in ends]


def bleu(model, texts, vocabulary, options, beams):
    model.eval()
    size = max(1, 256 // beams)
    order = sorted(range(len(texts.ids)), key=lambda one: -len(texts.ids[one][0]))
    written = [""] * len(order)
    for start in range(0, len(order), size):
        examples = order[start : start + size]
        sources = [texts.ids[one][0][: options.length] for one in examples]
        for one, ids in zip(examples, search_beams(model, sources, beams, options.length)):
            written[one] = vocabulary.decode(list(ids))
    metric = sacrebleu.BLEU(force=True)
    return metric.corpus_score(written, [texts.references]).score, str(metric.get_signature())


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("languages", help="such as de-en")
    parser.add_argument("vocabulary", help="tokenizer.json")
    for name, default in {
        **{"epochs": 12, "seed": 0, "threads": 2, "batch": 64, "beams": 4, "length": 64, "examples": 1000},
        **{"width": 128, "layers": 2, "heads": 4, "dropout": 0.1, "smoothing": 0.1},
        **{"learning-rate": 0.001, "warm-up": 0.1, "decay": 0.999, "clip-norm": 0.0},
    }.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


def main():
    options = read_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    vocabulary = tokenizers.Tokenizer.from_file(options.vocabulary)
    vocabulary.encode_special_tokens = True
    train, validation, test = (
        Texts(options.folder, stems, options.languages.split("-"), vocabulary)
        for stems in (["train"], ["val", "valid", "validation", "dev"], ["test", "test*"])
    )
    pairs = [pair for pair in train.ids if all(0 < len(side) <= options.length for side in pair)]
    scored = [tuple(side[: options.length] for side in pair) for pair in validation.ids]
    model = Transformer(
        vocabulary.get_vocab_size(), options.length + 1, options.width, options.layers, options.heads, options.dropout
    )
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, options.decay), fused=True)
    steps_an_epoch = math.ceil(len(pairs) / options.batch)
    seconds, best = 0.0, None
    for epoch in range(options.epochs):
        start = time.perf_counter()
        loss = train_epoch(model, optimizer, pairs, options, epoch, steps_an_epoch)
        seconds += time.perf_counter() - start
        # As Whittle: the best epoch by BLEU of greedy search, of equal ones the one with the smaller loss.
        score = bleu(model, validation, vocabulary, options, 1)[0], -validation_loss(model, scored, options.smoothing)
        if best is None or score > best[0]:
            best = score, copy.deepcopy(model.state_dict())
    (greedy, loss), weights = best
    model.load_state_dict(weights)
    (test_greedy, signature), (test_beam, _) = (bleu(model, test, vocabulary, options, n) for n in (1, options.beams))
    steps = options.epochs * steps_an_epoch
    print(json.dumps({
        **{"steps": steps, "seconds": seconds, "stepsPerSecond": steps / seconds},
        "validation": {"loss": -loss, "greedy": greedy},
        "test": {"greedy": test_greedy, "beam": test_beam},
        **{"signature": signature, "threads": torch.get_num_threads(), "weights": sum(p.numel() for p in model.parameters())},
        "versions": {module.__name__: module.__version__ for module in (torch, tokenizers, sacrebleu)},
    }))


if __name__ == "__main__":
    main()
