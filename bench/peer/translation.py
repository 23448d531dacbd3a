"""The transformer of examples/translation.model.ts in PyTorch, trained on the same texts by the same vocabulary in the same way:
from the same distributions, with the same batches, learning rates and dropout, but other random numbers. Prints a JSON object.

    python3 bench/peer/translation.py DIR de-en tokenizer.json [--epochs 12] [--seed 0] [--threads 2] [--beams 4] …

Seconds are those of the steps, batches included, scores left out. Each side of a batch is as long as its own longest text, where
Whittle's are both of one of few lengths.
"""
import argparse
import copy
import gzip
import json
import math
import sys
import time
from pathlib import Path

import sacrebleu
import tokenizers
import torch
from safetensors.torch import load_file
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from transformer import PADDING, Transformer, load

UNKNOWN, BEGIN, END = 1, 2, 3


def read_lines(folder, stems, language):
    found = [file for stem in stems for ending in ("", ".gz") for file in sorted(folder.glob(f"{stem}.{language}{ending}"))]
    if not found:
        raise SystemExit(f"{folder} has no {stems[0]}.{language}")
    text = (gzip.open if found[0].suffix == ".gz" else open)(found[0], "rt", encoding="utf-8")
    with text:
        return text.read().removesuffix("\n").split("\n")


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
    """Mean over all targets but padding, for which nothing is computed that is as wide as the vocabulary."""
    source, written, targets = batch
    counted = targets != PADDING
    logits = model.next(model.write(written, *model.read(source))[counted])
    return F.cross_entropy(logits, targets[counted], label_smoothing=smoothing)


@torch.inference_mode()
def mean_loss(model, texts, options, size=128):
    model.eval()
    total = count = 0
    pairs = sorted((tuple(side[: options.length] for side in pair) for pair in texts.ids), key=length_class)
    for start in range(0, len(pairs), size):
        batch = as_batch(pairs[start : start + size])
        targets = (batch[2] != PADDING).sum().item()
        total += loss_of(model, batch, options.smoothing).item() * targets
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


METRIC = sacrebleu.BLEU(force=True)


def bleu(model, texts, vocabulary, options, beams, most=None):
    """Of what is written for the first `most` texts."""
    model.eval()
    sources = [source[: options.length] for source, _ in texts.ids[:most]]
    size = max(1, 256 // beams)
    order = sorted(range(len(sources)), key=lambda one: -len(sources[one]))
    written = [""] * len(order)
    for start in range(0, len(order), size):
        examples = order[start : start + size]
        found = search_beams(model, [sources[one] for one in examples], beams, options.length)
        for one, ids in zip(examples, found):
            written[one] = vocabulary.decode(list(ids))
    return METRIC.corpus_score(written, [texts.references[:most]]).score


def train(model, texts, validation, vocabulary, options):
    """To the best epoch by BLEU of greedy search, as Whittle's dense training; of equal ones that with the smaller loss."""
    pairs = [pair for pair in texts.ids if all(0 < len(side) <= options.length for side in pair)]
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, options.decay), fused=True)
    steps_an_epoch = math.ceil(len(pairs) / options.batch)
    seconds, best = 0.0, None
    for epoch in range(options.epochs):
        model.train()
        start = time.perf_counter()
        for step, batch in enumerate(epoch_batches(pairs, options.batch)):
            optimizer.param_groups[0]["lr"] = learning_rate(options, (epoch + step / steps_an_epoch) / options.epochs)
            optimizer.zero_grad()
            loss = loss_of(model, batch, options.smoothing)
            loss.backward()
            if options.clip_norm > 0:
                clip_grad_norm_(model.parameters(), options.clip_norm)
            optimizer.step()
            # Read after each step, as Whittle does.
            last = loss.item()
        seconds += time.perf_counter() - start
        score = bleu(model, validation, vocabulary, options, 1, options.examples), -mean_loss(model, validation, options)
        print(f"epoch {epoch + 1}: loss {last:.3f}, validation {-score[1]:.3f}, BLEU {score[0]:.2f}", file=sys.stderr)
        if best is None or score > best[0]:
            best = score, copy.deepcopy(model.state_dict())
    model.load_state_dict(best[1])
    return {"steps": options.epochs * steps_an_epoch, "seconds": seconds}


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
    parser.add_argument("--weights", help="what `whittle export RUN --to safetensors` wrote: scored, in place of training")
    return parser.parse_args()


def main():
    options = read_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    vocabulary = tokenizers.Tokenizer.from_file(options.vocabulary)
    vocabulary.encode_special_tokens = True
    texts, validation, test = (
        Texts(options.folder, stems, options.languages.split("-"), vocabulary)
        for stems in (["train"], ["val", "valid", "validation", "dev"], ["test", "test*"])
    )
    model = Transformer(
        vocabulary.get_vocab_size(), options.length + 1, options.width, options.layers, options.heads, options.dropout
    )
    if options.weights is None:
        trained = train(model, texts, validation, vocabulary, options)
    else:
        load(model, load_file(options.weights))
        trained = {"steps": 0, "seconds": 0}
    print(json.dumps({
        **trained,
        "validation": {
            "loss": mean_loss(model, validation, options),
            "greedy": bleu(model, validation, vocabulary, options, 1, options.examples),
        },
        "test": {
            "greedy": bleu(model, test, vocabulary, options, 1),
            "beam": bleu(model, test, vocabulary, options, options.beams),
        },
        "signature": str(METRIC.get_signature()),
        "weights": sum(weights.numel() for weights in model.parameters()),
        "threads": torch.get_num_threads(),
        "versions": {module.__name__: module.__version__ for module in (torch, tokenizers, sacrebleu)},
    }))


if __name__ == "__main__":
    main()
