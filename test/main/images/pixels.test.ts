import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { readFacts } from '@main/images/facts'
import { readDeepPixels } from '@main/images/pixels'
import { bigEndian, fitsFile, floatImage, imageCards, type Card } from './fits/support'
import { tiffFile } from './tiff'

const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-pixels-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const bandsOf = async (name: string, content: Uint8Array) => (await readDeepPixels(file(name, content)))?.bands.map((band) => [...band])

const real = [-1.5, 0.25, NaN, 1e10, 65_536.5, Math.fround(3.25e-5)]
const upright: Card[] = [
  ['CTYPE1', 'RA---TAN'],
  ['CTYPE2', 'DEC--TAN'],
  ['CRVAL1', 150.5],
  ['CRVAL2', 2.5],
  ['CRPIX1', 1.5],
  ['CRPIX2', 1.5],
  ['CDELT1', -1e-4],
  ['CDELT2', 1e-4],
]

describe('the real values of a TIFF', () => {
  it('of float32 are those of the file, in grey and in colour', async () => {
    expect(await bandsOf('grey.tif', tiffFile(3, 2, 1, 'real', 32, Float32Array.from(real)))).toEqual([real])
    expect(await bandsOf('colour.tif', tiffFile(2, 1, 3, 'real', 32, Float32Array.from(real)))).toEqual([
      [NaN, real[5]],
      [0.25, 65_536.5],
      [-1.5, 1e10],
    ])
  })

  it('of whole numbers of 16 and 32 bits are those of the file', async () => {
    const whole = [5, 0, 7, 32_768, 65_535, 1]
    expect(await bandsOf('u16.tif', tiffFile(3, 2, 1, 'whole', 16, Uint16Array.from(whole)))).toEqual([whole])
    const large = [5, 0, 7, 32_768, 4_000_000_000, 1]
    expect(await bandsOf('u32.tif', tiffFile(3, 2, 1, 'whole', 32, Uint32Array.from(large)))).toEqual([large])
    const signed = [5, 0, -7, -32_768, 32_767, 1]
    expect(await bandsOf('i32.tif', tiffFile(3, 2, 1, 'signed', 32, Int32Array.from(signed)))).toEqual([signed])
    expect(await bandsOf('i16.tif', tiffFile(2, 1, 3, 'signed', 16, Int16Array.from(signed)))).toEqual([
      [-7, 1],
      [0, 32_767],
      [5, -32_768],
    ])
  })

  it('of 16 bits with a sign in grey are not read, which its facts say', async () => {
    const path = file('short.tif', tiffFile(3, 1, 1, 'signed', 16, Int16Array.from([-1, 0, 1])))
    expect(await readDeepPixels(path)).toBeNull()
    expect(await readFacts(path)).toMatchObject({
      hasValues: false,
      description: expect.stringMatching(/^TIFF, 16 bits with a sign, .*cannot be read/),
    })
  })
})

describe('what a file says of its image', () => {
  it('is the kind of number, the bands and the sky of FITS', async () => {
    const cube = await readFacts(
      file('cube.fits', floatImage([2, 2, 3], Array<number>(12).fill(0), [['BANDS', 'grz'], ['RADESYS', 'ICRS'], ...upright])),
    )
    expect(cube).toMatchObject({
      hasValues: true,
      description: 'FITS, float32, 3 bands g r z, TAN, ICRS',
      wcs: { projection: 'TAN', frame: 'ICRS' },
    })
    const empty = {
      cards: [
        ['SIMPLE', true],
        ['BITPIX', 8],
        ['NAXIS', 0],
      ] as const,
    }
    const science = { cards: imageCards(16, [2, 1], [['EXTNAME', 'SCI']], ['XTENSION', 'IMAGE']), data: bigEndian(16, [1, 2]) }
    expect(await readFacts(file('sci.fits', fitsFile(empty, science)))).toEqual({
      hasValues: true,
      wcs: null,
      description: 'FITS, extension 1 SCI, 16 bits, one band, no known place on the sky',
    })
  })

  it('is whether there is more than the picture shows', async () => {
    const image = sharp(Uint16Array.from([0, 1, 2, 256, 257, 65_535]), { raw: { width: 2, height: 1, channels: 3 } })
    expect(await readFacts(file('deep.png', await image.clone().toColourspace('rgb16').png().toBuffer()))).toEqual({
      wcs: null,
      hasValues: true,
      description: 'PNG, 16 bits',
    })
    const plain = sharp({ create: { width: 2, height: 2, channels: 3, background: '#456' } })
    expect(await readFacts(file('plain.png', await plain.clone().png().toBuffer()))).toMatchObject({
      hasValues: false,
      description: 'PNG, 8 bits',
    })
    expect(await readFacts(file('plain.jpg', await plain.jpeg().toBuffer()))).toMatchObject({
      hasValues: false,
      description: 'JPEG, 8 bits',
    })
  })

  it('says where a pixel without a value was blank', async () => {
    const blank = fitsFile({ cards: imageCards(16, [3, 1], [['BLANK', -1]]), data: bigEndian(16, [4, -1, 6]) })
    const pixels = await readDeepPixels(file('blank.fits', blank))
    expect(pixels!.header.noValue).toBe('blank')
    expect([...pixels!.bands[0]!]).toEqual([4, NaN, 6])
    expect((await readDeepPixels(file('nan.fits', floatImage([2, 1], [NaN, Infinity]))))!.header.noValue).toBe('NaN')
  })
})
