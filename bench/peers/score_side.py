"""The peer of `bench score`: score.py in chunks over the same file, in the precision that is faster."""

import os

from common import fastest, forget_peak_memory, read_json, serve

CHUNK, CHECKED, TRIED, TOP = 250, 200, 20_000, 128


def prepare(settings):
    import numpy as np
    from score import index_tree, score

    folder, samples = settings["folder"], settings["samples"]
    tree = index_tree(read_json(folder, "tree.json"))
    width = samples * int(tree[1].sum())

    def scores(dtype, galaxies):
        parts = []
        with open(os.path.join(folder, "concentrations.f32"), "rb") as file:
            for start in range(0, galaxies, CHUNK):
                values = np.fromfile(file, "<f4", min(CHUNK, galaxies - start) * width)
                parts.append(score(values.reshape(-1, samples, width // samples).astype(dtype, copy=False), *tree))
        return np.concatenate(parts)

    def rank(dtype, galaxies):
        found = scores(dtype, galaxies)
        best = np.argpartition(-found, min(TOP, galaxies - 1))[:TOP]
        return best[np.argsort(-found[best])]

    galaxies = settings["galaxies"]
    values = scores("float64", min(CHECKED, galaxies)).tolist()
    dtype = fastest(["float32", "float64"], lambda dtype: rank(dtype, min(TRIED, galaxies)))
    forget_peak_memory()
    return {"program": f"numpy {np.__version__}, {dtype}, 1 process", "unit": "survey", "values": values}, lambda: rank(dtype, galaxies), 1


serve(prepare, ["numpy"])
