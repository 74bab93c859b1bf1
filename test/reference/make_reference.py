"""Reference values for test/shared/science, made with mpmath and scipy.

Run `python make_reference.py` in this folder, then prettier: it writes reference.json beside itself and records the versions it used.
Needs: pip install mpmath scipy numpy
"""

import itertools
import json
import pathlib
import platform

import mpmath as mp
import numpy as np
import scipy
from scipy import stats

mp.mp.dps = 40


def special():
    points = [1e-12, 1e-5, 0.01, 0.3, 0.5, 0.7, 0.999, 1 - 1e-9, 1 + 1e-9, 1.2, 1.4616, 1.46163214496836, 1.5, 1.999999, 2 + 1e-7, 2.3, 2.5, 2.6,
              3.7, 5.5, 9.9, 10, 12.34, 34, 101, 1234.5, 1e5, 1e9, 1e15]
    return [{"x": x, "lgamma": float(mp.loggamma(mp.mpf(x))), "digamma": float(mp.digamma(mp.mpf(x)))} for x in points]


def differences():
    pairs = itertools.product([1e-8, 0.3, 1, 2.2, 9.5, 101, 12345.6, 1e9, 1e30], [0, 1, 2, 5, 16, 17, 40, 200, 201, 5000, 0.37])
    return [{"a": a, "k": k, "lgamma": float(mp.loggamma(mp.mpf(a) + mp.mpf(k)) - mp.loggamma(mp.mpf(a))) if a < 1e20 else
             float(mp.mpf(k) * mp.log(mp.mpf(a))), "digamma": float(mp.digamma(mp.mpf(a) + k) - mp.digamma(mp.mpf(a)))} for a, k in pairs]


def dirichlet_multinomial(rng):
    rows = []
    for answers, total in [(2, 1), (2, 40), (3, 5), (4, 1), (5, 33), (6, 40), (3, 400)]:
        a = 1 + 100 * rng.random(answers)
        votes = rng.multinomial(total, rng.dirichlet(a))
        law = stats.dirichlet_multinomial(a, total)
        rows.append({"votes": votes.tolist(), "concentrations": a.tolist(), "logPmf": float(law.logpmf(votes)), "mean": law.mean().tolist(),
                     "covariance": law.cov().tolist()})
    return rows


def beta(rng):
    points = [(0.1, 1, 1), (0.5, 0.3, 0.7), (0.01, 2, 50), (0.97, 90, 3), (0.31, 31, 69), (0.4, 101, 101), (0.02, 1.2, 505), (1e-6, 0.1, 3),
              (0.501, 5000, 5000)]
    cdf = [{"x": x, "a": a, "b": b, "cdf": float(mp.betainc(a, b, 0, mp.mpf(x), regularized=True))} for x, a, b in points]
    quantiles = []
    for samples in [1, 5, 15]:
        a = 1 + 100 * rng.random(samples)
        b = 1 + 100 * rng.random(samples)
        for p in [0.05, 0.5, 0.95]:
            f = lambda x: np.mean(stats.beta.cdf(x, a, b)) - p
            x = scipy.optimize.brentq(f, 0, 1, xtol=1e-14, rtol=1e-14)
            quantiles.append({"a": a.tolist(), "b": b.tolist(), "probability": p, "x": float(x)})
    return {"cdf": cdf, "quantiles": quantiles}


def entropy(p):
    p = np.asarray(p)
    return float(-np.sum(p[p > 0] * np.log(p[p > 0])))


def binomial_mutual_information(rng):
    rows = []
    for samples, votes in [(2, 1), (5, 10), (15, 40), (15, 1)]:
        rho = rng.random(samples)
        law = np.array([stats.binom.pmf(np.arange(votes + 1), votes, r) for r in rho])
        rows.append({"rho": rho.tolist(), "votes": votes, "mutualInformation": entropy(law.mean(0)) - np.mean([entropy(row) for row in law])})
    return rows


def compositions(total, parts):
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def dirichlet_mutual_information(rng):
    rows = []
    for answers, samples, votes in [(2, 5, 1), (3, 15, 1), (2, 7, 40), (3, 5, 10), (6, 4, 3), (6, 3, 6), (3, 4, 44)]:
        a = 1 + 20 * rng.random((samples, answers))
        outcomes = list(compositions(votes, answers))
        law = np.array([[stats.dirichlet_multinomial.pmf(k, row, votes) for k in outcomes] for row in a])
        mi = entropy(law.mean(0)) - np.mean([entropy(row) for row in law])
        rows.append({"concentrations": a.tolist(), "votes": votes, "outcomes": len(outcomes), "mutualInformation": float(mi)})
    return rows


def xoshiro(state, count):
    """xoshiro128** written from the published algorithm, apart from the TypeScript one."""
    rotl = lambda x, k: ((x << k) | (x >> (32 - k))) & 0xFFFFFFFF
    s = list(state)
    out = []
    for _ in range(count):
        out.append(rotl(s[1] * 5 & 0xFFFFFFFF, 7) * 9 & 0xFFFFFFFF)
        t = s[1] << 9 & 0xFFFFFFFF
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
    return {"state": list(state), "bits": out}


def main():
    rng = np.random.default_rng(1)
    reference = {
        "versions": {"python": platform.python_version(), "mpmath": mp.__version__, "numpy": np.__version__, "scipy": scipy.__version__},
        "special": special(),
        "differences": differences(),
        "dirichletMultinomial": dirichlet_multinomial(rng),
        "beta": beta(rng),
        "binomialMutualInformation": binomial_mutual_information(rng),
        "dirichletMutualInformation": dirichlet_mutual_information(rng),
        "xoshiro": [xoshiro([1, 2, 3, 4], 10), xoshiro([0xDEADBEEF, 0xFFFFFFFF, 0x80000000, 7], 10)],
    }
    pathlib.Path(__file__).with_name("reference.json").write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
