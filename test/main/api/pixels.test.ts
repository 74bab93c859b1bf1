import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, describe, expect, it } from 'vitest'
import { imageFactsSchema, unpackPixels } from '@shared/contract/image'
import { openCatalogue } from '@main/catalogue/open'
import { centredTransform, sampleView, storedSidePx } from '@main/compute/training/augment'
import { readGrey } from '@main/images/grey'
import { importRows, row } from '../catalogue/support'
import { floatImage } from '../images/fits/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
let project: string
beforeEach(async () => {
  folder = ownFolder()
  client = newClient()
  project = await surveyOnDisk(folder, { count: 1 })
  await client.desk.open(project)
})

function addGalaxy(name: string, content: Uint8Array): number {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, name)
  writeFileSync(path, content)
  const db = openCatalogue(project)
  importRows(db, [row(name, { image: { path, pixelScaleArcsec: null, widthPx: 8, heightPx: 8, checksum: 'a'.repeat(64) } })])
  const key = db.prepare<[string], number>('SELECT galaxy_key FROM galaxies WHERE id = ?').pluck().get(name)!
  db.close()
  return key
}
const pixelsOf = async (key: number) => unpackPixels(await (await client.fetch(`/api/galaxies/${key}/pixels`)).arrayBuffer())
const levelsOf = async (response: Response) =>
  sharp(Buffer.from(await response.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true })
/** Of a grey PNG, which sharp would read as three equal channels. */
async function greyOf(response: Response) {
  const png = sharp(Buffer.from(await response.arrayBuffer()))
  expect(await png.metadata()).toMatchObject({ channels: 1, depth: 'uchar' })
  return png.extractChannel(0).raw().toBuffer({ resolveWithObject: true })
}

describe('the pixels of a galaxy', () => {
  it('are the real values of a FITS image, band by band, top row first', async () => {
    const values = [1.5, -2, 3e8, NaN, 5, 6e-9, 7, 8, 9, 10, 11, 12]
    const key = addGalaxy('a.fits', floatImage([2, 3, 2], values, [['BANDS', 'gr']]))
    const { header, bands } = await pixelsOf(key)
    expect(header).toEqual({ widthPx: 2, heightPx: 3, bands: 2, bandNames: ['g', 'r'], fullRange: null, noValue: 'NaN' })
    expect(bands.map((band) => [...band])).toEqual([
      [5, Math.fround(6e-9), 3e8, NaN, 1.5, -2],
      [11, 12, 9, 10, 7, 8],
    ])
  })

  it('are all sixteen bits of a PNG and a TIFF, blue first', async () => {
    const levels = [0, 1, 2, 256, 257, 65_535]
    const colour = sharp(Uint16Array.from(levels), { raw: { width: 2, height: 1, channels: 3 } }).toColourspace('rgb16')
    for (const format of ['png', 'tiff'] as const) {
      const key = addGalaxy(
        `deep.${format}`,
        await colour
          .clone()
          .toFormat(format, format === 'tiff' ? { compression: 'deflate' } : {})
          .toBuffer(),
      )
      const { header, bands } = await pixelsOf(key)
      expect(header).toEqual({ widthPx: 2, heightPx: 1, bands: 3, bandNames: ['B', 'G', 'R'], fullRange: [0, 65_535], noValue: 'NaN' })
      expect(bands.map((band) => [...band])).toEqual([
        [2, 65_535],
        [1, 257],
        [0, 256],
      ])
    }
  })

  it('of eight bits are the image itself', async () => {
    const response = await client.fetch('/api/galaxies/1/pixels')
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await response.arrayBuffer())).toEqual(readFileSync(join(folder, 'g1.png')))
    const deep = await client.fetch('/api/galaxies/1/pixels?deep=true')
    expect([deep.status, (await deep.arrayBuffer()).byteLength]).toEqual([204, 0])
  })

  it('are not sent again while the file is the same', async () => {
    const key = addGalaxy('a.fits', floatImage([2, 1], [1, 2]))
    const etag = (await client.fetch(`/api/galaxies/${key}/pixels`)).headers.get('etag')!
    expect((await client.fetch(`/api/galaxies/${key}/pixels`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('of a file that is cut off or gone are refused with the galaxy and the reason', async () => {
    const key = addGalaxy('cut.fits', floatImage([30, 30], Array<number>(900).fill(1)).subarray(0, 3_000))
    for (const what of ['pixels', 'image', 'model-view', 'facts']) {
      const answer = await client.get(`/api/galaxies/${key}/${what}`)
      expect(errorOf(answer)).toMatchObject({ code: 'image/unreadable' })
      expect((answer.body as { message: string }).message).toMatch(/cut\.fits.*truncated/)
    }
    expect(errorOf(await client.get('/api/galaxies/1/pixels?view=2'))).toEqual({ status: 404, code: 'view/unknown' })
  })
})

describe('the facts of an image', () => {
  it('are where a FITS image lies on the sky, and that a PNG of eight bits says nothing', async () => {
    const cards = [
      ['CTYPE1', 'RA---TAN'],
      ['CTYPE2', 'DEC--TAN'],
      ['CRVAL1', 150.5],
      ['CRVAL2', 0],
      ['CRPIX1', 1],
      ['CRPIX2', 1],
      ['CDELT1', -1e-4],
      ['CDELT2', 1e-4],
    ] as const
    const key = addGalaxy('a.fits', floatImage([2, 1], [1, 2], cards))
    const facts = imageFactsSchema.parse((await client.get(`/api/galaxies/${key}/facts`)).body)
    expect(facts).toMatchObject({ hasValues: true, wcs: { projection: 'TAN', referenceDeg: [150.5, 0] } })
    expect((await client.get('/api/galaxies/1/facts')).body).toEqual({ wcs: null, hasValues: false, description: 'PNG, 8 bits' })
    const etag = (await client.fetch(`/api/galaxies/${key}/facts`)).headers.get('etag')!
    expect((await client.fetch(`/api/galaxies/${key}/facts`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })
})

describe('a FITS image in the window', () => {
  it('is a picture for galleries and examples', async () => {
    const key = addGalaxy(
      'a.fits',
      floatImage(
        [3, 2, 3],
        Array.from({ length: 18 }, (_, i) => i / 10),
        [['BANDS', 'grz']],
      ),
    )
    const response = await client.fetch(`/api/galaxies/${key}/image`)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect((await levelsOf(response)).info).toMatchObject({ width: 3, height: 2, channels: 3 })
  })
})

describe("the model's view", () => {
  it('is the middle 224 of 300 pixels, grey by the channel mean, pixel by pixel', async () => {
    const side = 300
    const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7_919 + (i >> 8)) % 256)
    const key = addGalaxy(
      'w21.png',
      await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer(),
    )
    const { data, info } = await greyOf(await client.fetch(`/api/galaxies/${key}/model-view`))
    expect(info).toMatchObject({ width: 224, height: 224, channels: 1 })
    const wanted = Uint8Array.from({ length: 224 * 224 }, (_, i) => {
      const at = 3 * ((38 + Math.floor(i / 224)) * side + 38 + (i % 224))
      return Math.round((pixels[at]! + pixels[at + 1]! + pixels[at + 2]!) / 3)
    })
    expect(Buffer.compare(data, Buffer.from(wanted))).toBe(0)
  })

  it('of any image and size is what training reads of it', async () => {
    const sizePx = 64
    const storedPx = storedSidePx('w21', sizePx)
    const wanted = new Float32Array(sizePx * sizePx)
    const image = await readGrey(join(folder, 'g1.png'), 'g1', storedPx)
    sampleView(image, storedPx, sizePx, centredTransform('w21', storedPx, sizePx), wanted)
    const { data } = await greyOf(await client.fetch(`/api/galaxies/1/model-view?size=${sizePx}`))
    expect([...data]).toEqual(Array.from(wanted, (value) => Math.round(255 * value)))
  })

  it('is refused in a size that no network has', async () => {
    for (const size of ['0', '5000', 'x'])
      expect(errorOf(await client.get(`/api/galaxies/1/model-view?size=${size}`)).code).toBe('request/invalid')
  })
})
