"""Small files as Keras saves them, and what Keras computes with the models in them.
Run: pip install -r test/readers/requirements.txt && python3 test/reference/make_keras_files.py
(writes the folder keras_files beside it: each model as .keras and as .h5, and models.json with inputs and outputs)
With Keras 2 (pip install tensorflow-cpu==2.15.1) it writes keras2.h5 and keras2.json only.

Weights and inputs are drawn from a fixed seed. `dense` is compiled and was trained for a step, so that its files hold a
compile_config and the state of an optimizer.
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers as L

RNG = np.random.default_rng(11)
FOLDER = pathlib.Path(__file__).with_name("keras_files")


def dense():
    model = keras.Sequential([L.Input((6,)), L.Dense(8, activation="relu"), L.Dropout(0.2), L.Dense(3, activation="softmax")],
                             name="dense")
    model.compile(keras.optimizers.Adam(0.002, beta_1=0.8), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(RNG.normal(0, 1, (8, 6)), RNG.integers(0, 3, 8), verbose=0)
    return model


def conv():
    x = L.Input((8, 8, 2), name="image")
    y = L.Conv2D(4, 3, padding="same", use_bias=False)(x)
    y = L.ReLU()(L.BatchNormalization()(y))
    z = L.BatchNormalization()(L.Conv2D(4, 3, padding="same", activation="gelu")(y))
    y = L.GlobalAveragePooling2D()(L.MaxPooling2D()(L.Add()([y, z])))
    return keras.Model(x, L.Dense(3)(y), name="conv")


def sequence():
    layers = [L.Input((7,), dtype="int32"), L.Embedding(10, 4), L.LSTM(5, return_sequences=True), L.LSTM(3), L.Dense(2)]
    return keras.Sequential(layers, name="sequence")


def keras2():
    x = L.Input((7,), name="words")
    y = L.Bidirectional(L.LSTM(3), name="both")(L.Embedding(10, 4)(x))
    y = L.BatchNormalization()(L.Dense(4, activation="tanh")(y))
    model = keras.Model(x, keras.Sequential([L.Input((4,)), L.Dense(2)], name="head")(y), name="keras2")
    model.compile("sgd", "mse")
    return model


def randomize(model):
    """Draws all weights anew, what Keras begins with zeros or ones included; variances stay positive."""
    for weight in model.weights:
        if "seed_generator" not in getattr(weight, "path", weight.name):
            values = RNG.normal(0, 0.4, weight.shape)
            weight.assign(np.abs(values) + 0.3 if "variance" in weight.name else values)


def store(value):
    return {"shape": list(value.shape), "values": [float(f"{each:.9g}") for each in np.ravel(value)]}


def case(build, endings):
    model = build()
    randomize(model)
    shape = (3, *model.inputs[0].shape[1:])
    takes_ids = model.name in ("sequence", "keras2")
    given = RNG.integers(0, 10, shape) if takes_ids else RNG.normal(0, 1, shape).astype("float32")
    for ending in endings:
        model.save(FOLDER / f"{model.name}{ending}")
    return {"name": model.name, "input": store(given), "output": store(np.asarray(model(given, training=False)))}


def main():
    FOLDER.mkdir(exist_ok=True)
    keras.utils.set_random_seed(1)
    is_old = keras.__version__.startswith("2.")
    cases = [case(keras2, [".h5"])] if is_old else [case(build, [".keras", ".h5"]) for build in (dense, conv, sequence)]
    document = {"keras": keras.__version__, "cases": cases}
    path = FOLDER / ("keras2.json" if is_old else "models.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")


main()
