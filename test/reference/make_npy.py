"""Arrays as numpy.save writes them, in hexadecimal.
Run: pip install numpy==2.4.6 && python3 test/reference/make_npy.py  (writes npy.json beside it)
"""
import io
import json
import pathlib

import numpy as np


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue().hex()


rng = np.random.default_rng(0)
shapes = [[5], [3, 4], [2, 3, 1, 6], [0, 2]]
arrays = [rng.integers(0, 2, shape, dtype=np.uint8) for shape in shapes]
floats = np.array([1.5, -2.0, 0.0, 65504.0, 6e-8], dtype=np.float64)
document = {
    "masks": [{"shape": list(a.shape), "values": a.ravel().tolist(), "saved": saved(a)} for a in arrays],
    "fortran": {
        "shape": [2, 3, 2],
        "values": np.arange(12).tolist(),
        "saved": saved(np.asfortranarray(np.arange(12, dtype=np.float32).reshape(2, 3, 2))),
    },
    "half": {"shape": [5], "values": floats.astype(np.float16).astype(np.float64).tolist(), "saved": saved(floats.astype(np.float16))},
}
pathlib.Path(__file__).with_name("npy.json").write_text(json.dumps(document) + "\n")
