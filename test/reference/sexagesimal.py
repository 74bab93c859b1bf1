"""Positions written by astropy, for test/shared/science/sky/sexagesimal.test.ts.

Run `python sexagesimal.py` in this folder, then prettier: it writes sexagesimal.json beside itself. Needs: pip install astropy numpy
"""

import json
import pathlib

import astropy
import numpy as np
from astropy.coordinates import Angle

EDGES = [(0, 0), (359.9999999, 89.99999999), (180.5, -1.25), (14.99999, -0.0001), (0.0000001, 90), (123.456789, -90), (299.9999996, 59.9999999)]


def main():
    rng = np.random.default_rng(7)
    random = zip(rng.uniform(0, 360, 40).tolist(), np.degrees(np.arcsin(rng.uniform(-1, 1, 40))).tolist())
    rows = []
    for ra, dec in [*EDGES, *random]:
        written_ra = Angle(ra, "deg").to_string(unit="hourangle", sep=":", precision=3, pad=True).replace("24:00:00.000", "00:00:00.000")
        written_dec = Angle(dec, "deg").to_string(unit="deg", sep=":", precision=2, pad=True, alwayssign=True)
        rows.append({"raDeg": ra, "decDeg": dec, "ra": written_ra, "dec": written_dec})
    out = {"astropy": astropy.__version__, "rows": rows}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out))


main()
