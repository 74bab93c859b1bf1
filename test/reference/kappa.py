"""Agreement of annotators by statsmodels and scikit-learn, for test/shared/science/agreement.

Run `python kappa.py` in this folder, then prettier: it writes kappa.json beside itself. Needs: pip install numpy scikit-learn statsmodels

`low` and `high` are the middle 95 % of the posterior with one imagined galaxy on which everybody answers at random ([Note: Imagined galaxy]),
here by Dirichlet draws over the whole table of answers, every cell of which has its share of that galaxy. For more than two annotators the table
has a cell for every list of answers, so they are few here.
"""

import itertools
import json
import pathlib

import numpy as np
import sklearn
import statsmodels
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

TABLES = [
    [[20, 5], [10, 15]],
    [[88, 14, 18], [10, 40, 10], [2, 6, 12]],
    [[3, 0, 1, 2], [0, 9, 1, 0], [2, 1, 7, 0], [0, 0, 0, 4]],
    [[30, 1], [0, 2]],
    [[12, 0], [0, 8]],
]
DRAWS = 200_000


def labels(table):
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def middle(values):
    return dict(zip(("low", "high"), np.quantile(values, [0.025, 0.975]).tolist()))


def cohen_posterior(rng, table):
    k = len(table)
    p = rng.dirichlet(np.ravel(table) + 1 / k**2, DRAWS).reshape(-1, k, k)
    chance = (p.sum(2) * p.sum(1)).sum(1)
    return middle((np.einsum("nii->n", p) - chance) / (1 - chance))


def fleiss_posterior(rng, counts, raters, answers):
    """`counts` of the galaxies, in lists of answers: which annotator gave which does not matter to Fleiss."""
    lists = np.array([np.bincount(said, minlength=answers) for said in itertools.product(range(answers), repeat=raters)])
    cells, imagined = np.unique(lists, axis=0, return_counts=True)
    seen = [sum(np.array_equal(cell, row) for row in counts) for cell in cells]
    weight = rng.dirichlet(np.array(seen) + imagined / len(lists), DRAWS // 4)
    agreement = weight @ ((cells * (cells - 1)).sum(1) / (raters * (raters - 1)))
    chance = ((weight @ cells / raters) ** 2).sum(1)
    return middle((agreement - chance) / (1 - chance))


def main():
    rng = np.random.default_rng(3)
    cohen = []
    for table in TABLES:
        found = cohens_kappa(np.array(table))
        assert abs(found.kappa - cohen_kappa_score(*labels(table))) < 1e-12
        cohen.append({"table": table, "kappa": found.kappa, **cohen_posterior(rng, table)})
    fleiss = []
    for raters, answers in [(3, 2), (4, 5), (14, 5)]:
        counts = [rng.multinomial(raters, rng.dirichlet([0.4] * answers)).tolist() for _ in range(40)]
        found = {"counts": counts, "kappa": float(fleiss_kappa(np.array(counts)))}
        fleiss.append(found if raters > 4 else found | fleiss_posterior(rng, counts, raters, answers))
    wilson = []
    for right, n in [(9, 10), (0, 7), (5, 5), (180, 240)]:
        low, high = proportion_confint(right, n, method="wilson")
        wilson.append({"right": right, "n": n, "low": float(low), "high": float(high)})
    versions = {"statsmodels": statsmodels.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__}
    out = {"versions": versions, "cohen": cohen, "fleiss": fleiss, "wilson": wilson}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out))


main()
