"""Models that Keras 3 built and saved, TensorFlow.js's own converter converted, and what Keras computes with them.
Run: pip install keras==3.15.1 tensorflow==2.19.0 tensorflowjs==4.22.0 && python3 test/reference/make_keras3.py
(writes keras3.json beside it; tensorflow_decision_forests, which the converter imports and does not need here, is left out)

A model is stored three times: converted from its .h5 file, from its .keras file, and as `to_json()` gives it. Weights are
base64 of what the manifest describes, weights and inputs are drawn from a fixed seed. Models of `refused` use what is not
supported, each one thing.
"""
import base64
import json
import os
import pathlib
import sys
import tempfile
import types

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
sys.modules["tensorflow_decision_forests"] = types.ModuleType("tensorflow_decision_forests")

import keras
import numpy as np
import tensorflowjs
from keras import layers as L
from tensorflowjs.converters import converter

RNG = np.random.default_rng(7)


def cnn():
    return keras.Sequential([
        L.Input((9, 9, 2)),
        L.Rescaling(0.5, offset=0.1),
        L.ZeroPadding2D(1),
        L.Conv2D(4, 3, strides=2, padding="same", activation="relu", kernel_regularizer="l2",
                 kernel_constraint=keras.constraints.MaxNorm(2.0)),
        L.BatchNormalization(),
        L.SeparableConv2D(5, 3, depth_multiplier=2, activation="silu", pointwise_initializer="he_normal"),
        L.DepthwiseConv2D(2, depthwise_regularizer=keras.regularizers.L1L2(0.1, 0.2)),
        L.ReLU(max_value=3.0),
        L.Dropout(0.5, seed=3),
        L.MaxPooling2D(2, strides=1),
        L.Flatten(),
        L.Dense(6, kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "uniform")),
        L.LayerNormalization(),
        L.Dense(3, activation="softmax", trainable=False),
    ], name="cnn")


def branches():
    """Two inputs and outputs; a shared layer and a shared model, both called twice; layers and operators that merge."""
    a, b = L.Input((5,), name="a"), L.Input((5,), name="b")
    shared = L.Dense(4, name="shared", activation="tanh")
    inner = keras.Sequential([L.Input((4,)), L.Dense(4, activation="gelu"), L.Dense(3, activation="mish")], name="inner")
    entry = L.Input((3,))
    norm = L.BatchNormalization()(entry)
    outer = keras.Model(entry, L.Add()([norm, L.Dense(3)(norm)]), name="outer")
    left, right = inner(shared(a)), outer(inner(shared(b)))
    both = L.Concatenate()([left, right])
    more, wide = L.Dense(6)(both) + both, L.Dense(1)(both)
    merged = L.Average()([more * both, L.Maximum()([more, both]), L.Minimum()([more, both]), L.Multiply()([more, wide])])
    return keras.Model([a, b], [merged, L.Softmax()(L.Dot(axes=1)([left, right]) + left)], name="branches")


def sequence():
    x = L.Input((7,), dtype="int32")
    y = L.Embedding(10, 4, embeddings_regularizer="l1")(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True), name="both")(y)
    y = L.Conv1D(4, 3, padding="same", dilation_rate=2)(y)
    y = L.TimeDistributed(L.Dense(5, activation="relu"))(y)
    y = L.SpatialDropout1D(0.2)(y)
    y = L.GRU(4, return_sequences=True, reset_after=False, dropout=0.1)(y)
    y = L.LayerNormalization()(y)
    y, h, c = L.LSTM(3, return_sequences=True, return_state=True)(y)
    y = L.LSTM(3, return_sequences=True, go_backwards=True)(y, initial_state=[h, c])
    y = L.Bidirectional(L.SimpleRNN(2), merge_mode="sum")(y)
    return keras.Model(x, y, name="sequence")


def forms():
    """What has no or unusual weights."""
    x = L.Input((6, 6, 3))
    y = L.Conv2DTranspose(3, 2, strides=2, padding="same", activation="selu")(x)
    y = L.Cropping2D(((1, 0), (2, 1)))(y)
    y = L.UpSampling2D((1, 2))(y)
    y = L.AveragePooling2D((2, 3), padding="same")(y)
    y = L.PReLU(shared_axes=[1, 2], alpha_initializer="ones")(L.LeakyReLU(0.2)(y))
    flat = L.Flatten()(y)
    wide = L.Reshape((-1, 3))(y)
    wide = L.AveragePooling1D(3)(L.MaxPooling1D(2)(L.ELU()(wide)))
    wide = L.Permute((2, 1))(wide)
    names = ["elu", "relu6", "sigmoid", "softplus", "softsign", "log_softmax", "linear"]
    few = L.Rescaling(20.0, offset=-3.0)(L.Dense(8)(L.GlobalAveragePooling2D()(y)))
    each = [L.Activation(name)(few) for name in names]
    noisy = L.AlphaDropout(0.1)(L.GaussianDropout(0.1)(L.GaussianNoise(0.1)(L.RepeatVector(3)(few))))
    means = [L.GlobalAveragePooling2D()(y), L.GlobalMaxPooling2D()(y)]
    means += [L.GlobalAveragePooling1D()(wide), L.GlobalMaxPooling1D()(wide), L.GlobalMaxPooling1D()(noisy)]
    deep = L.Reshape((4, 9, 3, 1))(flat)
    deep = L.AveragePooling3D(2)(L.MaxPooling3D(2, strides=1)(L.Conv3D(2, 2, padding="same")(deep)))
    return keras.Model(x, [L.Concatenate(axis=1)([*each, *means, L.Flatten()(deep)])], name="forms")


def compiled():
    """With the state of an optimizer and of a random generator beside the weights; built by the data it first saw."""
    model = keras.Sequential([L.Dense(3, activation="relu"), L.Dropout(0.5), L.Dense(2)], name="compiled")
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.zeros((8, 4)), np.zeros((8, 2)), verbose=0)
    return model


@keras.saving.register_keras_serializable("mine")
class Own(L.Layer):
    def call(self, x):
        return 2 * x


def frozen():
    entry = L.Input((4,))
    norm = keras.Model(entry, L.BatchNormalization()(entry), name="norm")
    x = L.Input((4,))
    return keras.Model(x, norm(x, training=False))


def functional(shape, build):
    x = L.Input(shape)
    return keras.Model(x, build(x))


REFUSED = {
    "reset_after": lambda: functional((5, 3), L.GRU(2, name="gru")),
    "mask_zero": lambda: functional((5,), L.Embedding(9, 2, mask_zero=True, name="words")),
    "groups": lambda: functional((5, 5, 4), L.Conv2D(4, 3, groups=2, name="conv")),
    "hard_sigmoid": lambda: functional((5,), L.Dense(2, activation="hard_sigmoid", name="hard")),
    "own layer": lambda: functional((5,), Own(name="own")),
    "lambda": lambda: functional((5,), L.Lambda(lambda x: x, output_shape=(5,), name="twice")),
    "constant": lambda: functional((5,), lambda x: x + 1),
    "function": lambda: functional((5,), lambda x: keras.ops.sin(x)),
    "training": frozen,
    "twice": lambda: functional((5,), lambda x: x * x),
    "causal": lambda: functional((5, 2), L.Conv1D(2, 3, padding="causal", name="past")),
    "bilinear": lambda: functional((5, 5, 2), L.UpSampling2D(2, interpolation="bilinear", name="wide")),
    "dtype": lambda: functional((5,), L.Dense(2, dtype="float64", name="double")),
    "initializer": lambda: functional((5, 5), L.Dense(5, kernel_regularizer="orthogonal_regularizer", name="ortho")),
    "mirror": lambda: functional((5, 3), L.Bidirectional(
        L.LSTM(2), backward_layer=L.LSTM(2, use_bias=False, go_backwards=True), name="pair")),
    "attention": lambda: functional((5, 3), lambda x: L.MultiHeadAttention(2, 2, name="heads")(x, x)),
}


def randomize(model):
    """Draws all weights anew, what Keras begins with zeros or ones included; variances stay positive."""
    for weight in model.weights:
        if "seed_generator" in weight.path:
            continue
        values = RNG.normal(0, 0.4, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.path else values)


def without(value, keys):
    """JSON without some keys: identities that differ from run to run, and shapes that Keras only notes to build faster."""
    if isinstance(value, dict):
        return {key: without(each, keys) for key, each in value.items() if key not in keys}
    return [without(each, keys) for each in value] if isinstance(value, list) else value


def convert(model, ending):
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, f"model{ending}"), os.path.join(folder, "out")
        model.save(path)
        dispatch = {
            ".h5": converter.dispatch_keras_h5_to_tfjs_layers_model_conversion,
            ".keras": converter.dispatch_keras_keras_to_tfjs_layers_model_conversion,
        }[ending]
        dispatch(path, out)
        files = json.loads(pathlib.Path(out, "model.json").read_text())
        parts = [pathlib.Path(out, name).read_bytes() for group in files["weightsManifest"] for name in group["paths"]]
    assert len(parts) == 1
    files["weightsManifest"][0]["paths"] = ["weights.bin"]
    # The same at every run, and small.
    files = without(files, {"shared_object_id", "build_config"})
    return {"model": files, "weights": base64.b64encode(parts[0]).decode()}


def case(build):
    model = build()
    randomize(model)
    inputs = []
    for tensor in model.inputs:
        shape = (2, *tensor.shape[1:])
        inputs.append(RNG.integers(0, 10, shape) if tensor.dtype == "int32" else RNG.normal(0, 1, shape).astype("float32"))
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    store = lambda value: {"shape": list(value.shape), "values": [float(f"{each:.9g}") for each in np.ravel(value)]}
    return {
        "name": model.name,
        "h5": convert(model, ".h5"),
        "keras": convert(model, ".keras"),
        "json": json.loads(model.to_json()),
        "inputs": [store(value) for value in inputs],
        "outputs": [store(np.asarray(value)) for value in outputs],
    }


def main():
    keras.utils.set_random_seed(1)
    document = {
        "keras": keras.__version__,
        "converter": tensorflowjs.__version__,
        "cases": [case(build) for build in (cnn, branches, sequence, forms, compiled)],
        "refused": {name: json.loads(build().to_json()) for name, build in REFUSED.items()},
    }
    path = pathlib.Path(__file__).with_name("keras3.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


main()
