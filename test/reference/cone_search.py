"""Which positions lie in a cone, by astropy, for test/shared/science/filter/cone.test.ts.

Run `python cone_search.py` in this folder, then prettier: it writes cone-search.json beside itself and records the versions it used.
Needs: pip install astropy numpy
"""

import json
import pathlib
import platform

import astropy
import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

# RA and Dec in degrees, radius in arcsec: the equator, over RA 0 from both sides, both poles and beside them, half the sky, one arcsecond.
CONES = [(185.1, -0.5, 1800), (0.0, 0.0, 3600), (359.9995, 12.3, 7200), (0.0005, -45.0, 20), (10.0, 90.0, 3600), (200.0, -90.0, 30),
         (123.4, 89.999, 36), (300.0, -89.5, 4000), (77.7, 33.3, 1), (180.0, 0.0, 89 * 3600), (42.0, 17.0, 0.05)]


def near(rng, ra, dec, radius, count):
    """Positions around a centre out to twice the radius, by offsets in position angle and separation."""
    centre = SkyCoord(ra * u.deg, dec * u.deg)
    angles = rng.uniform(0, 360, count) * u.deg
    separations = radius * 2 * np.sqrt(rng.uniform(0, 1, count)) * u.arcsec
    return centre.directional_offset_by(angles, np.minimum(separations, 179.9 * u.deg))


def main():
    rng = np.random.default_rng(5)
    ra, dec = [], []
    for cone in CONES:
        around = near(rng, *cone, 40)
        ra += around.ra.deg.tolist()
        dec += around.dec.deg.tolist()
    ra += [0.0, 360.0, 0.0, 123.0]
    dec += [0.0, 0.0, 90.0, -90.0]
    positions = SkyCoord(ra * u.deg, dec * u.deg)
    cones = []
    for cone_ra, cone_dec, radius in CONES:
        separation = SkyCoord(cone_ra * u.deg, cone_dec * u.deg).separation(positions).arcsec
        # Where astropy's own rounding decides there is nothing to agree on.
        assert np.min(np.abs(separation - radius)) > 1e-8 * radius
        cones.append({"raDeg": cone_ra, "decDeg": cone_dec, "radiusArcsec": radius, "inside": np.flatnonzero(separation <= radius).tolist()})
    out = {"versions": {"python": platform.python_version(), "astropy": astropy.__version__, "numpy": np.__version__},
           "raDeg": ra, "decDeg": dec, "cones": cones}
    pathlib.Path(__file__).with_name("cone-search.json").write_text(json.dumps(out))


if __name__ == "__main__":
    main()
