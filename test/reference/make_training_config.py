"""What Keras 3 writes of the training that a model was compiled for, in both of its forms: `compile_config` as `to_json()`
has it, `training_config` as .h5 files and the converter to TensorFlow.js have it.
Run: pip install keras==3.15.1 jax==0.10.2 h5py && python3 test/reference/make_training_config.py
(writes training_config.json beside it)
"""
import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import keras
from keras.src.legacy.saving import saving_utils

CASES = {
    "nesterov": (keras.optimizers.SGD(0.05, momentum=0.8, nesterov=True), "sparse_categorical_crossentropy", ["accuracy"]),
    "sgd": (keras.optimizers.SGD(0.2, clipnorm=1.0), "mse", None),
    "objects": (
        keras.optimizers.Adam(0.003, beta_1=0.8, epsilon=1e-5),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        [keras.metrics.MeanAbsoluteError(), keras.metrics.Precision()],
    ),
    "schedule": (
        keras.optimizers.RMSprop(keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9), rho=0.7),
        keras.losses.BinaryCrossentropy(),
        ["accuracy"],
    ),
    "other": (keras.optimizers.AdamW(), "mae", ["mae"]),
}


def stored(optimizer, loss, metrics):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(3, activation="softmax", name="out")])
    model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
    return {
        "toJson": json.loads(model.to_json()),
        "trainingConfig": saving_utils.model_metadata(model)["training_config"],
    }


file = pathlib.Path(__file__).with_name("training_config.json")
file.write_text(json.dumps({"keras": keras.__version__, "cases": {name: stored(*case) for name, case in CASES.items()}}))
