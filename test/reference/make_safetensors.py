"""A file of every float type as the safetensors package writes it, in hexadecimal, with its values.
Run: pip install numpy==2.4.6 ml_dtypes==0.6.0 safetensors==0.8.0 && python3 test/reference/make_safetensors.py
(writes safetensors.json beside it)
"""
import json
import pathlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save

values = np.array([[0.0, -1.5, 3.140625], [65504.0, 6e-8, -2.0**-14]])
types = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16}
tensors = {name: values.astype(kind) for name, kind in types.items()}
tensors["steps"] = np.array([7], dtype=np.int64)
tensors["mask"] = np.array([True, False])
document = {
    "saved": save(tensors, metadata={"format": "pt"}).hex(),
    "values": {name: tensors[name].astype(np.float64).ravel().tolist() for name in types},
}
pathlib.Path(__file__).with_name("safetensors.json").write_text(json.dumps(document) + "\n")
