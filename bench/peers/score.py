"""
The peer of `bench score`: the mutual information of one vote on a whole decision tree, in numpy, one process. The same formula as
src/shared/science/acquisition/tree.ts: the sum over questions of proportion asked times H[mean_t p_t] - mean_t H[p_t], p = a / A0.

  python score.py FILE.f32 TREE.json SAMPLES TOP [--dtype float32|float64] [--chunk GALAXIES]

FILE.f32: little-endian float32 [galaxy][sample][answer]. TREE.json: {"questions": [{"name", "answers", "after"}]}. Prints one JSON line:
seconds (reading included, importing numpy not), the peak memory, the positions of the TOP largest scores and these scores.
"""

import argparse
import json
import resource
import time

import numpy as np


def index_tree(tree):
    """Where the answers of each question start, how many there are, and the answers each question hangs from; parents come first."""
    starts, widths, first_of = [], [], {}
    for question in tree["questions"]:
        starts.append(sum(widths))
        widths.append(len(question["answers"]))
        for i, answer in enumerate(question["answers"]):
            first_of[f"{question['name']}_{answer}"] = starts[-1] + i
    parents = [[first_of[name] for name in question.get("after", [])] for question in tree["questions"]]
    question_of = np.repeat(np.arange(len(starts)), widths)
    order, placed = [], set()
    while len(order) < len(starts):
        for q, after in enumerate(parents):
            if q not in placed and all(question_of[a] in placed for a in after):
                order.append(q)
                placed.add(q)
    return np.array(starts), np.array(widths), parents, order


def score(concentration_nka, starts, widths, parents, order):
    """Scores [n] of concentrations [n, K, A], in their own precision."""
    p = concentration_nka / np.repeat(np.add.reduceat(concentration_nka, starts, axis=2), widths, axis=2)
    mean = p.mean(axis=1)
    np.multiply(p, np.log(p), out=p)
    information_nq = np.add.reduceat(p.mean(axis=1) - mean * np.log(mean), starts, axis=1)
    joint = np.empty_like(mean)
    total = np.zeros(len(mean), mean.dtype)
    for q in order:
        asked = sum(joint[:, a] for a in parents[q]) if parents[q] else np.ones(len(mean), mean.dtype)
        answers = slice(starts[q], starts[q] + widths[q])
        joint[:, answers] = asked[:, None] * mean[:, answers]
        total += asked * np.maximum(information_nq[:, q], 0)
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("tree")
    parser.add_argument("samples", type=int)
    parser.add_argument("top", type=int)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--chunk", type=int, default=250)
    options = parser.parse_args()
    with open(options.tree) as file:
        tree = index_tree(json.load(file))
    answers = int(tree[1].sum())
    started = time.perf_counter()
    parts = []
    with open(options.file, "rb") as file:
        while True:
            values = np.fromfile(file, "<f4", options.chunk * options.samples * answers)
            if values.size == 0:
                break
            parts.append(score(values.reshape(-1, options.samples, answers).astype(options.dtype, copy=False), *tree))
    scores = np.concatenate(parts)
    candidates = np.argpartition(-scores, min(options.top, len(scores) - 1))[: options.top]
    best = candidates[np.lexsort((candidates, -scores[candidates]))]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "galaxies": len(scores),
                "seconds": seconds,
                "peakMemoryMb": peak,
                "top": best.tolist(),
                "scores": scores[best].astype(float).tolist(),
            }
        )
    )


if __name__ == "__main__":
    main()
