"""Headers, and where astropy.wcs puts pixels on the sky, for test/main/images/fits/wcs.test.ts. Run: python wcs.py > wcs.json (astropy 8.0.2, numpy)"""

import json
import sys
import warnings

import astropy
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS, utils

warnings.simplefilter("ignore")
TAN = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}
MIDDLE = {"CRPIX1": 255.0, "CRPIX2": 130.5, "CRVAL1": 150.1163, "CRVAL2": 2.2058}
ANGLE = np.radians(33)
SCALE = 0.262 / 3600
TURNED = {"CD1_1": -SCALE * np.cos(ANGLE), "CD1_2": SCALE * np.sin(ANGLE), "CD2_1": SCALE * np.sin(ANGLE), "CD2_2": SCALE * np.cos(ANGLE)}
UPRIGHT = {"CDELT1": -SCALE, "CDELT2": SCALE}


def types(name, first="RA---", second="DEC--"):
    return {"CTYPE1": first + name, "CTYPE2": second + name}


HEADERS = {
    "CD, turned by 33 degrees": TAN | MIDDLE | TURNED,
    "CDELT alone": TAN | MIDDLE | UPRIGHT,
    "CDELT and PC": TAN | MIDDLE | UPRIGHT | {"PC1_1": 0.6, "PC1_2": -0.8, "PC2_1": 0.8, "PC2_2": 0.6},
    "CDELT and CROTA2": TAN | MIDDLE | UPRIGHT | {"CROTA2": 21.5},
    "mirrored": TAN | MIDDLE | {"CDELT1": SCALE, "CDELT2": SCALE},
    "across 0 h": TAN | MIDDLE | UPRIGHT | {"CRVAL1": 0.001},
    "near the north pole": TAN | MIDDLE | TURNED | {"CRVAL2": 89.9999},
    "at the north pole": TAN | MIDDLE | TURNED | {"CRVAL2": 90.0},
    "at the south pole": TAN | MIDDLE | TURNED | {"CRVAL2": -90.0},
    "wide pixels of a degree": TAN | MIDDLE | {"CDELT1": -0.1, "CDELT2": 0.1},
    "LONPOLE": TAN | MIDDLE | TURNED | {"LONPOLE": 110.0},
    "units of arcsec": TAN | MIDDLE | {"CDELT1": -0.4, "CDELT2": 0.4, "CUNIT1": "arcsec", "CUNIT2": "arcsec", "CRVAL1": 540_418.7, "CRVAL2": -7_940.9},
    "declination first": types("TAN", "DEC--", "RA---") | {"CRPIX1": 10.0, "CRPIX2": 20.0, "CRVAL1": -31.5, "CRVAL2": 200.25} | {"CD1_1": SCALE, "CD1_2": 0.1 * SCALE, "CD2_1": 0.0, "CD2_2": -SCALE},
    "galactic": types("TAN", "GLON-", "GLAT-") | MIDDLE | UPRIGHT,
    "SIN": types("SIN") | MIDDLE | TURNED,
    "ARC": types("ARC") | MIDDLE | TURNED,
    "STG": types("STG") | MIDDLE | TURNED,
    "ZEA": types("ZEA") | MIDDLE | TURNED,
    "SIP": {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP"} | MIDDLE | TURNED | {"A_ORDER": 3, "B_ORDER": 2, "A_2_0": 2.3e-5, "A_1_1": -1.1e-5, "A_0_3": 3e-9, "B_0_2": -1.7e-5, "B_1_1": 2.9e-5},
}
PIXELS = [[1, 1], [255, 130.5], [509, 260.25], [-40, 700], [17.75, 88.125]]


def case(name, keywords):
    header = fits.Header()
    header["NAXIS"] = 2
    for keyword, value in keywords.items():
        header[keyword] = float(value) if isinstance(value, (float, np.floating)) else value
    wcs = WCS(header)
    found = wcs.all_pix2world(np.array(PIXELS, dtype=float), 1)
    # Right ascension or galactic longitude first.
    sky = found[:, [wcs.wcs.lng, wcs.wcs.lat]]
    scale = float(np.sqrt(utils.proj_plane_pixel_area(wcs)) * 3600)
    return {"name": name, "keywords": {k: (v if isinstance(v, (str, int)) else float(v)) for k, v in keywords.items()}, "sky": sky.tolist(), "scaleArcsec": scale}


json.dump(
    {"astropy": astropy.__version__, "numpy": np.__version__, "pixels": PIXELS, "cases": [case(name, keywords) for name, keywords in HEADERS.items()]},
    sys.stdout,
    indent=1,
)
