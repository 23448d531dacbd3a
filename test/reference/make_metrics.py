"""Reference values of the metrics by scikit-learn, on random data with ties and classes that are absent.
Run: pip install scikit-learn==1.9.1 && python3 test/reference/make_metrics.py  (writes metrics.json beside it)

Each case is a whole split of more examples than are scored at once: targets, outputs, weights, and the metric without and with
the weights. Outputs of binary
metrics are multiples of 1/64, so that ties are many and float32 holds them.
"""
import json
import pathlib

import numpy
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_squared_error, r2_score, roc_auc_score

COUNT = 520
rng = numpy.random.default_rng(7)


def coarse(*shape):
    return rng.integers(0, 17, shape) / 16


def both(measure, weights):
    return {"plain": float(measure(None)), "weighted": float(measure(weights))}


def case(metric, targets, outputs, measure):
    weights = rng.integers(0, 9, COUNT) / 4
    return {
        "metric": metric,
        "targets": targets.tolist(),
        "outputs": outputs.tolist(),
        "weights": weights.tolist(),
        **both(measure, weights),
    }


def cases():
    # Of 7 classes, 2 are never a target; one of those is predicted, the other never.
    ids = rng.choice([0, 1, 2, 4, 6], COUNT, p=[0.5, 0.2, 0.15, 0.1, 0.05])
    scores = rng.normal(size=(COUNT, 7)).round(1)
    scores[:, 3] = -9
    scores[numpy.arange(COUNT), ids] += 1.25
    found = scores.argmax(1)
    yield case("f1", ids, scores, lambda w: f1_score(ids, found, average="macro", sample_weight=w, zero_division=0))
    yield case("accuracy", ids, scores, lambda w: accuracy_score(ids, found, sample_weight=w))

    one = rng.integers(0, 2, (COUNT, 1))
    chance = numpy.clip(coarse(COUNT, 1) * 0.75 + one * 0.25, 0, 1)
    yield case("binaryF1", one, chance, lambda w: f1_score(one[:, 0], chance[:, 0] > 0.5, sample_weight=w))
    yield case("auc", one, chance, lambda w: roc_auc_score(one[:, 0], chance[:, 0], sample_weight=w))

    # Of several outputs one class is never a target and never given.
    labels = rng.integers(0, 2, (COUNT, 3)) * [1, 1, 0]
    chances = coarse(COUNT, 3) * [1, 0.75, 0.25]
    yield case(
        "binaryF1", labels, chances,
        lambda w: f1_score(labels, chances > 0.5, average="macro", sample_weight=w, zero_division=0),
    )
    both_classes = labels[:, :2]
    yield case(
        "auc", both_classes, chances[:, :2],
        lambda w: roc_auc_score(both_classes, chances[:, :2], average="macro", sample_weight=w),
    )

    values = rng.normal(size=(COUNT, 2)).round(2) * [1, 3] + [1000, 0]
    predicted = values + rng.normal(size=(COUNT, 2)).round(2)
    values, predicted = values.astype("float32"), predicted.astype("float32")
    yield case("r2", values, predicted, lambda w: r2_score(values, predicted, sample_weight=w))
    yield case("meanSquaredError", values, predicted, lambda w: mean_squared_error(values, predicted, sample_weight=w))

    chances = (rng.multinomial(57, [1 / 7] * 7, COUNT) + 1) / 64
    bits = lambda w: log_loss(ids, chances, labels=range(7), sample_weight=w) / numpy.log(2)
    yield case("bitsPerCharacter", ids, chances, bits)


pathlib.Path(__file__).with_name("metrics.json").write_text(json.dumps(list(cases()), separators=(",", ":")) + "\n")
