"""Small FITS files and what astropy reads from them, for test/main/images/fits. Run: python fits_images.py > fits-images.json (astropy 8.0.2, numpy)"""

import base64
import gzip
import io
import json
import sys

import astropy
import numpy as np
from astropy.io import fits

rng = np.random.default_rng(5)
SHAPE = (3, 4)


def packed(hdus):
    out = io.BytesIO()
    fits.HDUList(hdus).writeto(out)
    data = out.getvalue()
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def rows(image):
    """Top row first, as the picture shows it; null for no value."""
    planes = image if image.ndim == 3 else image[None]
    flipped = planes[:, ::-1, :].reshape(len(planes), -1)
    return [[None if not np.isfinite(v) else float(np.float32(v)) for v in plane] for plane in flipped]


def case(name, hdus, image):
    return {"name": name, "file": packed(hdus), "bands": rows(np.asarray(image, dtype=np.float64))}


def read(hdus, index):
    out = io.BytesIO()
    fits.HDUList(hdus).writeto(out)
    with fits.open(io.BytesIO(out.getvalue())) as found:
        return np.array(found[index].data, dtype=np.float64)


def both(name, hdus, index=0):
    return case(name, hdus, read(hdus, index))


cases = [
    both("8-bit", [fits.PrimaryHDU(rng.integers(0, 256, SHAPE).astype(np.uint8))]),
    both("16-bit", [fits.PrimaryHDU(rng.integers(-32768, 32768, SHAPE).astype(np.int16))]),
    both("unsigned 16-bit by BZERO", [fits.PrimaryHDU(rng.integers(0, 65536, SHAPE).astype(np.uint16))]),
    both("32-bit", [fits.PrimaryHDU(rng.integers(-(2**31), 2**31, SHAPE).astype(np.int32))]),
    both("float32 with NaN", [fits.PrimaryHDU(np.array([[1.5, np.nan, -2.25, 1e-30]] * 3, dtype=np.float32))]),
    both("float64", [fits.PrimaryHDU(rng.normal(size=SHAPE))]),
    both("a cube of three bands", [fits.PrimaryHDU(rng.normal(size=(3, *SHAPE)).astype(np.float32))]),
    both("an image extension", [fits.PrimaryHDU(), fits.ImageHDU(rng.normal(size=SHAPE).astype(np.float32), name="SCI")], 1),
]
scaled = fits.PrimaryHDU(np.arange(12, dtype=np.float32).reshape(SHAPE) * 0.5 + 10)
scaled.scale("int16", bscale=0.25, bzero=10)
scaled.header["BLANK"] = 8
cases.append(both("BSCALE, BZERO and BLANK", [scaled]))



def decals_picture(g, r, z):
    """The published colours of Galaxy Zoo DECaLS pictures (dr2 style, desaturated), in float64."""
    low, high = np.arcsinh(-0.5), np.arcsinh(300)
    rgb = np.stack([(np.arcsinh(band / scale) - low) / (high - low) for band, scale in ((z, 0.019), (r, 0.014), (g, 0.008))], axis=-1)
    mean = rgb.mean(axis=-1, keepdims=True)
    mean[mean == 0] = 1
    weight = np.sin((1 - np.minimum(1, (rgb / mean / 2.5).max(axis=-1, keepdims=True))) * np.pi / 2)
    mixed = rgb * weight + mean * (1 - weight) + mean * (1 - weight) ** 2 * rgb
    return np.floor(np.clip(mixed, 0, 1) * 255).astype(int)


def grey_picture(values):
    """One band: black at the 0.5th, white at the 99.9th percentile (the value of that rank), asinh between them."""
    low, high = (np.sort(values)[int(np.floor(share * (values.size - 1)))] for share in (0.005, 0.999))
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.floor(255 * np.arcsinh(10 * share) / np.arcsinh(10)).astype(int)


flux = np.float32(rng.normal(0, 0.01, (3, 60)) + 10 ** rng.uniform(-3, 2, (1, 60)) * rng.uniform(0, 1.5, (3, 60))).astype(np.float64)
band = np.float32(rng.normal(100, 5, 2000) + rng.exponential(20, 2000)).astype(np.float64)
pictures = {
    "flux": flux.tolist(),
    "decals": decals_picture(*flux).ravel().tolist(),
    "band": band.tolist(),
    "grey": grey_picture(band).tolist(),
}

json.dump({"pictures": pictures, "astropy": astropy.__version__, "numpy": np.__version__, "cases": cases}, sys.stdout)
