"""Writes images.json: small PNG and JPEG files as Pillow writes them, with the pixels that Pillow reads from them.

    pip install pillow==13.0.0 && python3 test/reference/make_images.py

An interlaced PNG, which Pillow cannot write, is put together here from the seven passes of the specification and read by Pillow.
Pixels are rows of red, green and blue; of images with transparency those below it.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 11, 9


def colour():
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([((23 * x) % 256, (29 * y) % 256, (17 * (x + y)) % 256) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def smooth():
    """Without sharp edges, where decoders of JPEG round alike."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([(60 + 8 * x, 200 - 9 * y, 90 + 4 * (x + y)) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def interlaced(image):
    """Adam7, https://www.w3.org/TR/png-3/#8Interlace."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for left, top, step_x, step_y in passes:
        columns = range(left, WIDTH, step_x)
        for y in range(top, HEIGHT, step_y):
            if columns:
                rows += b"\0" + bytes(value for x in columns for value in image.getpixel((x, y)))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def main():
    gray16 = Image.new("I;16", (WIDTH, HEIGHT))
    gray16.putdata([257 * ((37 * x + 11 * y) % 256) for y in range(HEIGHT) for x in range(WIDTH)])
    faded = colour()
    faded.putalpha(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))
    files = {
        "gray.png": saved(colour().convert("L"), "PNG"),
        "bits.png": saved(colour().convert("1"), "PNG"),
        "gray16.png": saved(gray16, "PNG"),
        "grayAlpha.png": saved(faded.convert("LA"), "PNG"),
        "colour.png": saved(colour(), "PNG", icc_profile=b"profile"),
        "alpha.png": saved(faded, "PNG"),
        "palette.png": saved(colour().quantize(7), "PNG", transparency=2),
        "interlaced.png": interlaced(colour()),
        "gray.jpg": saved(smooth().convert("L"), "JPEG", quality=95),
        "colour.jpg": saved(smooth(), "JPEG", quality=95, subsampling=0),
        "progressive.jpg": saved(smooth(), "JPEG", quality=95, subsampling=0, progressive=True),
    }
    cases = []
    for name, data in files.items():
        image = Image.open(io.BytesIO(data))
        if image.mode.startswith("I"):
            image = image.point(lambda value: value / 257).convert("L")
        pixels = list(image.convert("RGB").tobytes())
        cases.append({"name": name, "file": base64.b64encode(data).decode(), "pixels": pixels})
    Path(__file__).with_name("images.json").write_text(
        json.dumps({"width": WIDTH, "height": HEIGHT, "cases": cases}, separators=(",", ":")) + "\n"
    )


main()
