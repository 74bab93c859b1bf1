import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isFits, isFitsName, readFits, readFitsLayout } from '@main/images/fits/read-fits'
import { packageRoot } from '@main/paths'
import reference from '../../../reference/fits-images.json' with { type: 'json' }
import { bigEndian, fitsFile, floatImage, imageCards } from './support'

const codeOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
  return 'none'
}
const tan = (...more: readonly [string, string | number][]) => [['CTYPE1', 'RA---TAN'], ['CTYPE2', 'DEC--TAN'], ...more] as const
const scaleOf = (cards: Parameters<typeof floatImage>[2]) => readFitsLayout(floatImage([2, 1], [0, 0], cards)).pixelScaleArcsec

describe('a FITS image', () => {
  it.each(reference.cases)('$name is read as astropy reads it, top row first', ({ file, bands }) => {
    const image = readFits(Buffer.from(file, 'base64'))
    expect([image.widthPx, image.heightPx]).toEqual([4, 3])
    expect(image.bands.map((band) => Array.from(band, (value) => (Number.isNaN(value) ? null : value)))).toEqual(bands)
  })

  it('is the same packed with gzip and plain', () => {
    for (const { file } of reference.cases) {
      const packed = Buffer.from(file, 'base64')
      expect(packed[0]).toBe(0x1f)
      expect(readFits(gunzipSync(packed))).toEqual(readFits(packed))
    }
  })

  it('lies where the next block begins, however long the header is', () => {
    const many = Array.from({ length: 80 }, (_, i) => `COMMENT line ${i}`)
    expect([...readFits(floatImage([2, 2], [1, 2, 3, 4], many)).bands[0]!]).toEqual([3, 4, 1, 2])
  })

  it('may have further axes of length one', () => {
    expect(readFits(floatImage([2, 1, 1, 1], [5, 6])).bands).toHaveLength(1)
    expect(codeOf(() => readFits(floatImage([2, 1, 1, 2], [1, 2, 3, 4])))).toBe('fits/no-image')
  })

  it('comes from the first extension that has one, past tables', () => {
    const table = {
      cards: imageCards(
        8,
        [6, 2],
        [
          ['PCOUNT', 5],
          ['GCOUNT', 1],
        ],
        ['XTENSION', 'BINTABLE'],
      ),
      data: Buffer.alloc(17),
    }
    const empty = {
      cards: [
        ['SIMPLE', true],
        ['BITPIX', 8],
        ['NAXIS', 0],
      ] as const,
    }
    const image = { cards: imageCards(16, [2, 1], [], ['XTENSION', 'IMAGE']), data: bigEndian(16, [-7, 300]) }
    expect([...readFits(fitsFile(empty, table, image)).bands[0]!]).toEqual([-7, 300])
    expect(codeOf(() => readFits(fitsFile(empty, table)))).toBe('fits/no-image')
  })

  it('names its bands by BANDS, BAND0, BAND1 or FILTER', () => {
    const names = (bands: number, cards: Parameters<typeof floatImage>[2]) =>
      readFitsLayout(floatImage([1, 1, bands], Array<number>(bands).fill(0), cards)).bandNames
    expect(names(3, [['BANDS', 'grz']])).toEqual(['g', 'r', 'z'])
    expect(
      names(2, [
        ['BAND0', 'g'],
        ['BAND1', 'r'],
      ]),
    ).toEqual(['g', 'r'])
    expect(
      names(2, [
        ['BAND1', 'NUV'],
        ['BAND2', 'FUV'],
      ]),
    ).toEqual(['NUV', 'FUV'])
    expect(names(1, [['FILTER', "r' Gunn"]])).toEqual(["r' Gunn"])
    expect(names(3, [['BANDS', 'gr']])).toBeNull()
  })
})

describe('the pixel scale of a FITS image', () => {
  it('is the root of the determinant of CD', () => {
    expect(scaleOf(tan(['CD1_1', -7.27777777777778e-5], ['CD1_2', 0], ['CD2_1', 0], ['CD2_2', 7.27777777777778e-5]))).toBeCloseTo(0.262, 12)
    const turned = 1e-4 * Math.SQRT1_2
    expect(scaleOf(tan(['CD1_1', -turned], ['CD1_2', turned], ['CD2_1', turned], ['CD2_2', turned]))).toBeCloseTo(0.36, 12)
  })

  it('is CDELT, times PC where it is given, in the unit of CUNIT', () => {
    expect(scaleOf(tan(['CDELT1', -1.1e-4], ['CDELT2', 1.1e-4]))).toBeCloseTo(0.396, 12)
    expect(scaleOf(tan(['CDELT1', -1], ['CDELT2', 1], ['PC1_1', 0], ['PC1_2', 1], ['PC2_1', -1], ['PC2_2', 0]))).toBeCloseTo(3_600, 9)
    expect(scaleOf(tan(['CDELT1', -0.4], ['CDELT2', 0.4], ['CUNIT1', 'arcsec'], ['CUNIT2', 'arcsec']))).toBeCloseTo(0.4, 12)
  })

  it('is unknown without sky coordinates, with an unknown unit, and where only PIXSCALE stands', () => {
    expect(
      scaleOf([
        ['CTYPE1', 'WAVE'],
        ['CTYPE2', 'DEC--TAN'],
        ['CDELT1', 1],
        ['CDELT2', 1],
      ]),
    ).toBeNull()
    expect(scaleOf(tan(['CDELT1', 1], ['CDELT2', 1], ['CUNIT1', 'furlong'], ['CUNIT2', 'furlong']))).toBeNull()
    expect(scaleOf(tan())).toBeNull()
    expect(scaleOf([['PIXSCALE', 0.13]])).toBeNull()
  })
})

describe('a FITS file that cannot be read', () => {
  const whole = floatImage([30, 30], Array<number>(900).fill(1))

  it('is refused as truncated wherever it breaks off, packed or not', () => {
    for (const length of [1_000, 2_880, 2_881, 2_880 + 3_599])
      expect(
        codeOf(() => readFits(whole.subarray(0, length))),
        `${length}`,
      ).toBe('fits/truncated')
    expect(codeOf(() => readFits(whole.subarray(0, 2_880 + 3_600)))).toBe('none')
    const packed = gzipSync(whole)
    expect(codeOf(() => readFits(packed.subarray(0, packed.length - 9)))).toBe('fits/truncated')
    expect(codeOf(() => readFitsLayout(whole.subarray(0, 3_000)))).toBe('fits/truncated')
  })

  it('is refused when it is compressed in tiles, with what to do', () => {
    const tiles = {
      cards: imageCards(
        8,
        [8, 4],
        [
          ['PCOUNT', 0],
          ['GCOUNT', 1],
          ['ZIMAGE', true],
        ],
        ['XTENSION', 'BINTABLE'],
      ),
      data: Buffer.alloc(32),
    }
    const file = fitsFile(
      {
        cards: [
          ['SIMPLE', true],
          ['BITPIX', 16],
          ['NAXIS', 0],
        ],
      },
      tiles,
    )
    expect(() => readFits(file)).toThrow(/funpack/)
    expect(codeOf(() => readFits(file))).toBe('fits/compressed')
  })

  it('is refused for what is no FITS, a cube of spectra and impossible headers', () => {
    expect(codeOf(() => readFits(Buffer.from('<html>')))).toBe('fits/unreadable')
    expect(codeOf(() => readFits(gzipSync('text')))).toBe('fits/unreadable')
    expect(codeOf(() => readFits(floatImage([1, 1, 17], Array<number>(17).fill(0))))).toBe('fits/no-image')
    expect(codeOf(() => readFits(fitsFile({ cards: imageCards(24, [1, 1]), data: Buffer.alloc(8) })))).toBe('fits/bad-header')
    expect(codeOf(() => readFits(fitsFile({ cards: imageCards(-32, [2, -2]) })))).toBe('fits/bad-header')
    expect(codeOf(() => readFits(fitsFile({ cards: imageCards(-32, [2 ** 40, 2 ** 40]) })))).toBe('fits/bad-header')
    expect(codeOf(() => readFits(floatImage([1, 1], [0], [['BSCALE', 'one']])))).toBe('fits/bad-header')
  })

  it('is told by its name and by its first bytes', () => {
    expect(['a.fits', 'A.FITS.GZ', 'b.fit', 'c.fits.fz'].every(isFitsName)).toBe(true)
    expect(['a.gz', 'fits', 'a.fits.png'].some(isFitsName)).toBe(false)
    expect([isFits(whole), isFits(Buffer.from('SIMPLE')), isFits(Buffer.from([0xff, 0xd8]))]).toEqual([true, false, false])
  })
})

const shared = join(packageRoot(), '..', 'shared', 'data', 'fits')
describe.skipIf(!existsSync(shared))('the FITS files of surveys', () => {
  it('are read with their bands and pixel scale', () => {
    const decals = readFits(readFileSync(join(shared, 'example_a.fits')))
    expect(decals).toMatchObject({ widthPx: 509, heightPx: 509, bandNames: ['g', 'r', 'z'] })
    expect(decals.pixelScaleArcsec).toBeCloseTo(0.262, 6)
    // By astropy: data.min() and data.max() of the whole cube.
    const values = decals.bands.flatMap((band) => [...band])
    expect([values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]).toEqual([
      Math.fround(-0.04834062),
      Math.fround(70.74886),
    ])
  })

  it('of a simulation is one band of float64 whose pixel scale is not said in a standard keyword', () => {
    const image = readFits(readFileSync(join(shared, 'synthetic_image_104798_band_5_camera_0_bg_1.fits')))
    expect(image).toMatchObject({ widthPx: 424, heightPx: 424, bandNames: ['i_SDSS.res'], pixelScaleArcsec: null })
    expect(image.bands).toHaveLength(1)
  })
})
