"""Writes parquet.json: small Parquet files as pyarrow writes them, in every way that Whittle reads.

    pip install pyarrow==26.0.1 && python3 test/reference/make_parquet.py

All hold the same table, which its rows in the JSON are: `size` is a float, `whole` an integer, `ripe` true or false, `colour` a word,
`label` an integer of three. The small ones have two of its columns in six of its rows.
"""

import base64
import io
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet

ROWS = 24


def main():
    columns = {
        "size": [row / 8 - 1 for row in range(ROWS)],
        "whole": [row * row - 40 for row in range(ROWS)],
        "ripe": [row % 3 == 0 for row in range(ROWS)],
        "colour": [("red", "green", "blue")[row * 7 % 5 % 3] for row in range(ROWS)],
        "label": [row % 3 for row in range(ROWS)],
    }
    wide = pyarrow.table(columns)
    fields = [
        ("size", pyarrow.float32(), False),
        ("whole", pyarrow.int32(), False),
        ("ripe", pyarrow.bool_(), False),
        ("colour", pyarrow.string(), False),
        ("label", pyarrow.int8(), False),
    ]
    narrow = pyarrow.table(columns, schema=pyarrow.schema([pyarrow.field(*field) for field in fields]))
    delta = {"whole": "DELTA_BINARY_PACKED", "label": "DELTA_BINARY_PACKED", "colour": "DELTA_LENGTH_BYTE_ARRAY"}
    split = {"size": "BYTE_STREAM_SPLIT", "ripe": "RLE", **delta}
    ways = {
        "default": (wide, {}),
        "groups": (wide, {"row_group_size": 7, "data_page_size": 16, "write_batch_size": 2}),
        "none": (wide, {"compression": "none", "use_dictionary": False}),
        "zstd": (wide, {"compression": "zstd"}),
        "gzip": (wide, {"compression": "gzip", "use_dictionary": False}),
        "brotli": (wide, {"compression": "brotli"}),
        "required": (narrow, {"row_group_size": 10}),
        "plainRequired": (narrow, {"use_dictionary": False, "compression": "none", "data_page_version": "2.0"}),
        "pagesV2": (wide, {"data_page_version": "2.0", "compression": "zstd", "row_group_size": 9}),
        "encodings": (wide, {"use_dictionary": False, "column_encoding": split}),
        "encodingsV2": (narrow, {"use_dictionary": False, "column_encoding": split, "data_page_version": "2.0"}),
    }
    files = {}
    for name, (table, options) in ways.items():
        file = io.BytesIO()
        pyarrow.parquet.write_table(table, file, store_schema=False, **options)
        files[name] = base64.b64encode(file.getvalue()).decode()
    refused = {
        "lists": pyarrow.table({"x": [[1.0, 2.0]] * 4, "y": [0, 1, 0, 1]}),
        "structs": pyarrow.table({"x": [{"a": 1}] * 4, "y": [0, 1, 0, 1]}),
        "dates": pyarrow.table({"x": pyarrow.array([1, 2, 3, 4], pyarrow.timestamp("ms")), "y": [0, 1, 0, 1]}),
        "nulls": pyarrow.table({"x": [1.5, 2.5, None, 4.5], "y": [0, 1, 0, 1]}),
        "nan": pyarrow.table({"x": [1.5, float("nan"), 2.5, 4.5], "y": [0, 1, 0, 1]}),
        "empty": pyarrow.table({"x": pyarrow.array([], pyarrow.float32()), "y": pyarrow.array([], pyarrow.int32())}),
        "repeated": pyarrow.table([[1.5, 2.5, 3.5], [1, 0, 1]], names=["x", "x"]),
    }
    for name, table in refused.items():
        file = io.BytesIO()
        pyarrow.parquet.write_table(table, file, store_schema=False)
        refused[name] = base64.b64encode(file.getvalue()).decode()
    lz4 = io.BytesIO()
    pyarrow.parquet.write_table(wide, lz4, store_schema=False, compression="lz4")
    refused["lz4"] = base64.b64encode(lz4.getvalue()).decode()
    two = wide.select(["colour", "label"]).slice(0, 6)
    small = {
        "default": {},
        "pagesV2": {"data_page_version": "2.0", "compression": "zstd"},
        "encodings": {"use_dictionary": False, "column_encoding": {name: delta[name] for name in two.column_names}},
        "gzip": {"compression": "gzip", "use_dictionary": False},
    }
    for name, options in small.items():
        file = io.BytesIO()
        pyarrow.parquet.write_table(two, file, store_schema=False, **options)
        small[name] = base64.b64encode(file.getvalue()).decode()
    Path(__file__).with_name("parquet.json").write_text(
        json.dumps({"columns": columns, "files": files, "refused": refused, "small": small}, separators=(",", ":")) + "\n"
    )


main()
