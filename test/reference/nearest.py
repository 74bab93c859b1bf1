"""Nearest neighbours by cosine distance from scipy, for test/shared/science/similarity/nearest.test.ts.

Run `python nearest.py` in this folder, then prettier: it writes nearest.json beside itself. Needs: pip install numpy scipy
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.spatial.distance import cdist


def main():
    rng = np.random.default_rng(11)
    # Activations of a network: none below -0.3, most near zero, with a common direction.
    features = np.maximum(rng.normal(0.3, 1.0, (24, 16)), -0.28).round(3).astype(np.float32)
    distances = cdist(features.astype(np.float64), features.astype(np.float64), metric="cosine")
    nearest = []
    for i, row in enumerate(distances):
        order = [int(j) for j in np.argsort(row, kind="stable") if j != i][:6]
        nearest.append([{"key": j, "distance": float(row[j])} for j in order])
    out = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "features": [[round(float(v), 3) for v in row] for row in features],
        "nearest": nearest,
    }
    pathlib.Path(__file__).with_name("nearest.json").write_text(json.dumps(out))


main()
