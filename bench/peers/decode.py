"""JPEG to grey with PIL."""

import numpy as np
from PIL import Image


def read_grey(path, size, kernel=Image.BILINEAR):
    """[size, size] bytes: the central square, shrunk, the mean of the channels. Grey first: one channel to shrink instead of three."""
    with Image.open(path) as image:
        rgb = np.asarray(image.convert("RGB"))
    grey = Image.fromarray(((rgb[:, :, 0].astype(np.uint16) + rgb[:, :, 1] + rgb[:, :, 2] + 1) // 3).astype(np.uint8))
    width, height = grey.size
    square = min(width, height)
    left, top = (width - square) / 2, (height - square) / 2
    return np.asarray(grey.resize((size, size), kernel, box=(left, top, left + square, top + square)))
