"""Agreement of annotators by statsmodels and scikit-learn, for test/shared/science/agreement/kappa.test.ts.

Run `python kappa.py` in this folder, then prettier: it writes kappa.json beside itself. Needs: pip install numpy scikit-learn statsmodels
"""

import json
import pathlib

import numpy as np
import sklearn
import statsmodels
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

TABLES = [[[20, 5], [10, 15]], [[88, 14, 18], [10, 40, 10], [2, 6, 12]], [[3, 0, 1, 2], [0, 9, 1, 0], [2, 1, 7, 0], [0, 0, 0, 4]], [[30, 1], [0, 2]]]


def labels(table):
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def main():
    cohen = []
    for table in TABLES:
        found = cohens_kappa(np.array(table))
        assert abs(found.kappa - cohen_kappa_score(*labels(table))) < 1e-12
        cohen.append({"table": table, "kappa": found.kappa, "std": float(np.sqrt(found.var_kappa))})
    rng = np.random.default_rng(3)
    fleiss = []
    for raters, answers in [(3, 2), (4, 5), (14, 5)]:
        counts = [rng.multinomial(raters, rng.dirichlet([0.4] * answers)).tolist() for _ in range(40)]
        fleiss.append({"counts": counts, "kappa": float(fleiss_kappa(np.array(counts)))})
    versions = {"statsmodels": statsmodels.__version__, "scikit-learn": sklearn.__version__, "numpy": np.__version__}
    out = {"versions": versions, "cohen": cohen, "fleiss": fleiss}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out))


main()
