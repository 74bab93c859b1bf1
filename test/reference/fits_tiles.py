"""FITS files of further kinds and what astropy reads from them, for test/main/images/fits: images compressed in tiles, 64-bit numbers, infinities.
Run: python fits_tiles.py > fits-tiles.json (astropy 8.0.2, numpy)"""

import base64
import gzip
import io
import json
import sys

import astropy
import numpy as np
from astropy.io import fits

rng = np.random.default_rng(11)
HEIGHT, WIDTH = 21, 37


def text(data):
    return base64.b64encode(data).decode()


def case(name, hdus, index=1):
    out = io.BytesIO()
    fits.HDUList(hdus).writeto(out)
    with fits.open(io.BytesIO(out.getvalue())) as found:
        image = np.array(found[index].data)
    planes = image if image.ndim == 3 else image[None]
    with np.errstate(over="ignore"):
        top_first = np.ascontiguousarray(planes[:, ::-1, :].astype(np.float64).astype("<f4"))
    return {
        "name": name,
        "file": text(gzip.compress(out.getvalue(), mtime=0)),
        "shape": list(planes.shape),
        "values": text(gzip.compress(top_first.tobytes(), mtime=0)),
    }


def tiled(name, data, **options):
    return case(name, [fits.PrimaryHDU(), fits.CompImageHDU(data, **options)])


y, x = np.mgrid[:HEIGHT, :WIDTH]
galaxy = 50 * np.exp(-np.hypot(x - 20, y - 9) / 4)
sky = (galaxy + rng.normal(0, 1, galaxy.shape)).astype(np.float32)
counts = np.round(100 * galaxy + rng.normal(300, 20, galaxy.shape))
cube = np.stack([sky, 2 * sky + 1, rng.normal(0, 3, sky.shape)]).astype(np.float32)
holed = sky.copy()
holed[3, 5:9] = np.nan
holed[10, :4] = 0
wild = rng.integers(-(2**31), 2**31, galaxy.shape).astype(np.int32)
flat = np.full(galaxy.shape, 1234, dtype=np.int16)
flat[15, 20:] = counts[15, 20:]
square = (8, 16)

cases = [
    tiled("RICE_1 of bytes", np.clip(counts / 8, 0, 255).astype(np.uint8), compression_type="RICE_1"),
    tiled("RICE_1 of 16 bits", counts.astype(np.int16) - 500, compression_type="RICE_1"),
    tiled("RICE_1 of unsigned 16 bits", (counts * 7).astype(np.uint16), compression_type="RICE_1"),
    tiled("RICE_1 of 32 bits", (counts * 90_000).astype(np.int32), compression_type="RICE_1", tile_shape=square),
    tiled("RICE_1 of noise over all 32 bits", wild, compression_type="RICE_1"),
    tiled("RICE_1 of noise over all 16 bits", (wild >> 16).astype(np.int16), compression_type="RICE_1"),
    tiled("RICE_1 of noise over all 8 bits", (wild & 255).astype(np.uint8), compression_type="RICE_1"),
    tiled("RICE_1 of one number", flat, compression_type="RICE_1"),
    tiled("GZIP_1 of 16 bits", counts.astype(np.int16), compression_type="GZIP_1"),
    tiled("GZIP_2 of 32 bits in squares", wild, compression_type="GZIP_2", tile_shape=square),
    tiled("GZIP_1 of float32 without loss", holed, compression_type="GZIP_1", quantize_level=0),
    tiled("GZIP_2 of float64 without loss", holed.astype(np.float64) / 3, compression_type="GZIP_2", quantize_level=0),
    tiled("NOCOMPRESS", counts.astype(np.int16), compression_type="NOCOMPRESS"),
    tiled("RICE_1 of float32 without dither", holed, compression_type="RICE_1", quantize_method=-1),
    tiled("RICE_1 with SUBTRACTIVE_DITHER_1", holed, compression_type="RICE_1", quantize_method=1, dither_seed=9_998),
    tiled("RICE_1 with SUBTRACTIVE_DITHER_2", holed, compression_type="RICE_1", quantize_method=2, dither_seed=77),
    tiled("GZIP_1 with SUBTRACTIVE_DITHER_1", holed, compression_type="GZIP_1", quantize_method=1, dither_seed=3),
    tiled("GZIP_2 with SUBTRACTIVE_DITHER_2 of float64", holed.astype(np.float64), compression_type="GZIP_2", quantize_method=2, dither_seed=3),
    tiled("RICE_1 of a cube in cubes", cube, compression_type="RICE_1", quantize_method=1, dither_seed=5, tile_shape=(2, 8, 16)),
    tiled("RICE_1 of a cube by rows", cube, compression_type="RICE_1", quantize_method=1, dither_seed=5),
    tiled("a tile that could not be made whole", np.where(y == 4, np.float32(7.25) + (x == 3), sky).astype(np.float32), compression_type="RICE_1", quantize_method=1),
]

blank = np.round(counts).astype(np.int16)
blank[2, :6] = -32768
with_blank = fits.CompImageHDU(blank, compression_type="RICE_1")
with_blank.header["BLANK"] = -32768
cases.append(case("RICE_1 with BLANK", [fits.PrimaryHDU(), with_blank]))
long_run = rng.normal(0, 1, (1, 10_400)).astype(np.float32)
cases.append(tiled("a tile longer than the random sequence", long_run, compression_type="RICE_1", quantize_method=1, dither_seed=42))

cases.append(case("64 bits", [fits.PrimaryHDU(rng.integers(-(2**52), 2**52, (3, 4)))], 0))
cases.append(case("unsigned 32 bits by BZERO", [fits.PrimaryHDU(rng.integers(0, 2**32, (3, 4)).astype(np.uint32))], 0))
cases.append(case("unsigned 64 bits by BZERO", [fits.PrimaryHDU(rng.integers(0, 2**53, (3, 4)).astype(np.uint64) * 1024)], 0))
cases.append(case("signed bytes by BZERO", [fits.PrimaryHDU(rng.integers(-128, 128, (3, 4)).astype(np.int8))], 0))
cases.append(case("infinities", [fits.PrimaryHDU(np.array([[1, np.inf], [-np.inf, np.nan]], dtype=np.float32))], 0))
cases.append(case("float64 beyond float32", [fits.PrimaryHDU(np.array([[1e300, -1e300], [1e-300, 2]], dtype=np.float64))], 0))


def refused(kind):
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(np.abs(counts).astype(np.int32), compression_type=kind)]).writeto(out)
    return text(gzip.compress(out.getvalue(), mtime=0))


json.dump(
    {
        "astropy": astropy.__version__,
        "numpy": np.__version__,
        "cases": cases,
        "refused": {kind: refused(kind) for kind in ("HCOMPRESS_1", "PLIO_1")},
    },
    sys.stdout,
)
