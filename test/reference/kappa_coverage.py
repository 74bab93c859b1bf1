"""How often 95 % intervals of kappa cover the truth, for docs/decisions/0012: the usual ones, and that with one imagined galaxy.

Run `python kappa_coverage.py`: it prints a table. Needs: pip install numpy. Annotators give a galaxy's own answer with a probability, else one by
its frequency; kappa is then that probability squared. Cohen: two annotators; Fleiss: three.
"""

import numpy as np

rng = np.random.default_rng(1)
SURVEYS, DRAWS, PARTS = 200, 300, 7
CASES = [
    ("two answers alike, faithful 0.85", [0.5, 0.5], 0.85),
    ("two answers alike, faithful 0.98", [0.5, 0.5], 0.98),
    ("an answer in ten, faithful 0.9", [0.1, 0.9], 0.9),
    ("three answers, faithful 0.9", [0.6, 0.35, 0.05], 0.9),
    ("five answers, four rare, faithful 0.9", [0.8, 0.1, 0.05, 0.03, 0.02], 0.9),
]


def answers(galaxies, frequencies, faithful, annotators):
    own = rng.choice(len(frequencies), size=(galaxies, 1), p=frequencies)
    other = rng.choice(len(frequencies), size=(galaxies, annotators), p=frequencies)
    return np.where(rng.random((galaxies, annotators)) < faithful, own, other)


def beyond_chance(agreement, chance):
    with np.errstate(all="ignore"):
        return np.where(1 - chance > 1e-12, (agreement - chance) / (1 - chance), np.nan)


def cohen(patterns, weight, classes):
    share = weight / weight.sum(-1, keepdims=True)
    first, second = (share @ np.eye(classes)[patterns[:, side]] for side in (0, 1))
    return beyond_chance(share @ (patterns[:, 0] == patterns[:, 1]), (first * second).sum(-1))


def fleiss(patterns, weight, classes):
    counts = np.stack([(patterns == k).sum(1) for k in range(classes)], 1)
    raters = patterns.shape[1]
    share = weight / weight.sum(-1, keepdims=True)
    agreement = share @ ((counts * (counts - 1)).sum(1) / (raters * (raters - 1)))
    return beyond_chance(agreement, ((share @ counts / raters) ** 2).sum(-1))


def asymptotic(said, classes):
    """Cohen's: Fleiss, Cohen & Everitt 1969."""
    n = len(said)
    p = np.zeros((classes, classes))
    np.add.at(p, (said[:, 0], said[:, 1]), 1 / n)
    first, second, agreement = p.sum(1), p.sum(0), np.trace(p)
    chance = first @ second
    kappa = beyond_chance(agreement, chance)
    on = sum(p[i, i] * (1 - chance - (first[i] + second[i]) * (1 - agreement)) ** 2 for i in range(classes))
    off = sum(p[i, j] * (second[i] + first[j]) ** 2 for i in range(classes) for j in range(classes) if i != j)
    variance = (on + (1 - agreement) ** 2 * off - (agreement * chance - 2 * chance + agreement) ** 2) / (n * (1 - chance) ** 4)
    half = 1.959964 * np.sqrt(max(variance, 0))
    return kappa - half, kappa + half


def percentile(said, classes):
    """Fleiss': a bootstrap over galaxies."""
    weight = rng.multinomial(len(said), np.full(len(said), 1 / len(said)), size=DRAWS)
    return np.nanquantile(fleiss(said, weight, classes), [0.025, 0.975])


def imagined(measure, said, classes):
    patterns, seen = np.unique(said, axis=0, return_counts=True)
    drawn = []
    for _ in range(DRAWS):
        parts = rng.random(PARTS)
        sticks = parts * np.cumprod(np.r_[1, 1 - parts[:-1]]) * rng.gamma(1)
        random = rng.integers(classes, size=(PARTS, said.shape[1]))
        drawn.append(measure(np.vstack([patterns, random]), np.r_[rng.gamma(seen), sticks], classes))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    estimate = measure(patterns, seen.astype(float), classes)
    return min(low, estimate), max(high, estimate)


def main():
    print("| case | galaxies | Cohen, asymptotic | Cohen, imagined | Fleiss, bootstrap | Fleiss, imagined |\n|---|--:|--:|--:|--:|--:|")
    for galaxies in (20, 40, 100):
        for name, frequencies, faithful in CASES:
            classes, truth = len(frequencies), faithful**2
            columns = []
            for measure, annotators, usual in ((cohen, 2, asymptotic), (fleiss, 3, percentile)):
                hits, known = np.zeros(2), 0
                for _ in range(SURVEYS):
                    said = answers(galaxies, frequencies, faithful, annotators)
                    if len(np.unique(said)) < 2:
                        continue
                    known += 1
                    for i, (low, high) in enumerate((usual(said, classes), imagined(measure, said, classes))):
                        hits[i] += low <= truth <= high
                columns += [f"{100 * hit / known:.0f} %" for hit in hits]
            print(f"| {name} | {galaxies} | {' | '.join(columns)} |", flush=True)


main()
