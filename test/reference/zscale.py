"""Images and their limits by astropy.visualization, for test/renderer/image/zscale.test.ts. Run: python zscale.py > zscale.json (astropy 8.0.2, numpy)

The images are made by the formula below in the test too, so that only the limits need to be kept."""

import json
import sys

import astropy
import numpy as np
from astropy.visualization import PercentileInterval, ZScaleInterval


def noise(count):
    """A sequence of -1..1 that any language makes alike: whole numbers modulo 2^31 - 1 (Park and Miller)."""
    seed, values = 12_345, np.empty(count)
    for i in range(count):
        seed = 16_807 * seed % 2_147_483_647
        values[i] = 2 * seed / 2_147_483_647 - 1
    return values


def image(width, height, sources, scale=1.0):
    y, x = np.mgrid[:height, :width]
    pixels = 100 + scale * noise(width * height).reshape(height, width)
    for at_x, at_y, peak in sources:
        pixels += peak / (1 + ((x - at_x) ** 2 + (y - at_y) ** 2) / 9)
    return pixels.astype(np.float32)


CASES = {
    "sky with a galaxy": ((120, 90), [(60, 40, 5_000)], 1.0, []),
    "sky with two galaxies and holes": ((77, 101), [(20, 30, 300), (60, 80, 9_000)], 3.0, [(5, 7), (5, 8), (50, 60)]),
    "a galaxy over all of it": ((64, 64), [(32, 32, 1e6)], 0.1, []),
    "few pixels": ((5, 3), [(2, 1, 10)], 1.0, []),
    "as many pixels as samples": ((40, 25), [(20, 10, 100)], 1.0, []),
    "a little more than samples": ((45, 43), [(20, 10, 100)], 1.0, []),
    "flat": ((30, 30), [], 0.0, []),
}


def case(name, size, sources, scale, holes):
    pixels = image(*size, sources, scale)
    for x, y in holes:
        pixels[y, x] = np.nan
    found = [[float(value) for value in interval.get_limits(pixels.copy())] for interval in (ZScaleInterval(), PercentileInterval(99.5))]
    return {"name": name, "size": size, "sources": sources, "scale": scale, "holes": holes, "zscale": found[0], "central": found[1]}


json.dump({"astropy": astropy.__version__, "numpy": np.__version__, "cases": [case(name, *how) for name, how in CASES.items()]}, sys.stdout, indent=1)
