"""The peer of `bench images`: JPEG files to grey images with PIL, in as many threads as is fastest."""

import os
from concurrent.futures import ThreadPoolExecutor

from common import cores, fastest, read_json, serve

CHECKED, CELLS = 8, 10


def prepare(settings):
    import numpy as np
    import PIL
    from PIL import Image
    from decode import read_grey

    files, size = read_json(settings["folder"], "images.json"), settings["sizePx"]

    def decode_all(threads, files=files):
        if threads == 1:
            return sum(read_grey(path, size).size for path in files)
        with ThreadPoolExecutor(threads) as pool:
            return sum(grey.size for grey in pool.map(lambda path: read_grey(path, size), files))

    side = size // CELLS
    values = []
    for path in files[:CHECKED]:
        cells = read_grey(path, size, Image.LANCZOS)[: side * CELLS, : side * CELLS].astype(float).reshape(CELLS, side, CELLS, side)
        values += cells.mean((1, 3)).ravel().tolist()
    threads = fastest([1, cores(), 2 * cores()], lambda threads: decode_all(threads, files[:64]))
    return {"program": f"PIL {PIL.__version__}, {threads} threads", "unit": "image", "values": values}, lambda: decode_all(threads), len(files)


serve(prepare, ["PIL", "numpy"])
