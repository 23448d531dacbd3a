"""HDF5 files of h5py, for test/unit/models/hdf5: one with all kinds of numbers and texts, and small ones that are refused.
Run: pip install -r test/readers/requirements.txt && python3 test/reference/make_hdf5.py
(writes the folder hdf5 beside it)
"""
import json
import pathlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).with_name("hdf5")


def kinds():
    arrays = {name: np.array([0, 1, 100], dtype) for name, dtype in
              {"u8": "u1", "u16": "<u2", "u32": "<u4", "i64": "<i8", "big": ">f4"}.items()}
    arrays |= {"i8": np.array([-3, 4], "i1"), "i16": np.array([[-3], [400]], ">i2"), "i32": np.array(-70000, "<i4")}
    arrays |= {"f16": np.array([0.5, -2.25, 65504, 6e-8, 3e-5], "<f2"), "f32": np.array([0.1, -3e38], "<f4")}
    arrays |= {"f64": np.array([0.1, -7.25], "<f8"), "none": np.zeros((0, 2), "<f4")}
    attributes = {"text": "grüße", "bytes": np.bytes_("fixed"), "list": ["a", "bc", ""]}
    many = {f"number {at:03}": float(at) for at in range(300)}
    with h5py.File(FOLDER / "kinds.h5", "w") as file:
        for name, value in arrays.items():
            file.create_dataset(name, data=value)
        file.create_dataset("words", data=["no", "numbers"])
        for name, value in attributes.items():
            file.attrs[name] = value
        file.attrs["fixed list"] = np.array([b"ab", b"c"])
        file.attrs["number"] = 3
        group = file.create_group("many")
        for name, value in many.items():
            group.create_dataset(name, data=np.float32([value]))
    stored = {name: {"shape": list(value.shape), "values": [float(each) for each in np.float32(value).ravel()]}
              for name, value in arrays.items()}
    attributes = {"text": "grüße", "bytes": "fixed", "list": ["a", "bc", ""], "fixed list": ["ab", "c"]}
    document = {"arrays": stored, "attributes": attributes, "many": many}
    (FOLDER / "kinds.json").write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")


def refused(name, fill, **options):
    with h5py.File(FOLDER / f"refused_{name}.h5", "w", **options) as file:
        fill(file)


def virtual(file):
    layout = h5py.VirtualLayout((2,), "<f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (2,))
    file.create_virtual_dataset("x", layout)


def circle(file):
    file.create_group("a")["again"] = file["/"]


def main():
    FOLDER.mkdir(exist_ok=True)
    kinds()
    ones = np.ones(4, "<f4")
    refused("soft_link", lambda file: file.__setitem__("there", h5py.SoftLink("/x")))
    refused("external_link", lambda file: file.__setitem__("there", h5py.ExternalLink("/etc/passwd", "/x")))
    refused("external_data", lambda file: file.create_dataset("x", (2,), "<f4", external=[("/etc/passwd", 0, 8)]))
    refused("virtual", virtual)
    refused("compressed", lambda file: file.create_dataset("x", data=ones, compression="gzip"))
    refused("chunked", lambda file: file.create_dataset("x", data=ones, chunks=(2,)))
    refused("latest", lambda file: file.create_dataset("x", data=ones), libver="latest")
    refused("circle", circle)


main()
