import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, describe, expect, it } from 'vitest'
import { openCatalogue } from '@main/catalogue/open'
import { importRows, row } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let folder: string
let client: Client
let path: string
beforeEach(async () => {
  folder = ownFolder()
  client = newClient()
  path = await surveyOnDisk(folder, { count: 2 })
  await client.desk.open(path)
})

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

function addGalaxy(id: string, file: string): number {
  const db = openCatalogue(path)
  importRows(db, [row(id, { image: { path: file, pixelScaleArcsec: null, widthPx: 8, heightPx: 8, checksum: 'sum' } })])
  const key = db.prepare<[string], number>('SELECT galaxy_key FROM galaxies WHERE id = ?').pluck().get(id)!
  db.close()
  return key
}

describe('the image of a galaxy', () => {
  it('is the file itself, with its kind and length', async () => {
    const response = await client.fetch('/api/galaxies/1/image?view=1')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const file = readFileSync(join(folder, 'g1.png'))
    expect(response.headers.get('content-length')).toBe(String(file.length))
    expect(await bytesOf(response)).toEqual(file)
  })

  it('is not sent again while the file is the same, and is when it changed', async () => {
    const tag = (await client.fetch('/api/galaxies/1/image')).headers.get('etag')!
    const again = () => client.fetch('/api/galaxies/1/image', { headers: { 'if-none-match': tag } })
    const unchanged = await again()
    expect([unchanged.status, (await bytesOf(unchanged)).length, unchanged.headers.get('etag')]).toEqual([304, 0, tag])
    writeFileSync(join(folder, 'g1.png'), readFileSync(join(folder, 'g2.png')))
    utimesSync(join(folder, 'g1.png'), 1_000_000_000, 1_000_000_000)
    const changed = await again()
    expect(changed.status).toBe(200)
    expect(await bytesOf(changed)).toEqual(readFileSync(join(folder, 'g2.png')))
  })

  it('that is a TIFF is shown as PNG with the same pixels', async () => {
    const pixels = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, i) => i))
    const tiff = join(folder, 'deep.tif')
    writeFileSync(
      tiff,
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
        .tiff({ compression: 'none' })
        .toBuffer(),
    )
    const response = await client.fetch(`/api/galaxies/${addGalaxy('deep', tiff)}/image`)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(
      await sharp(await bytesOf(response))
        .raw()
        .toBuffer(),
    ).toEqual(pixels)
  })

  it('that was moved away says so with the galaxy and the path', async () => {
    rmSync(join(folder, 'g2.png'))
    const answer = await client.get('/api/galaxies/2/image')
    expect(answer).toMatchObject({ status: 404, body: { code: 'image/gone', message: expect.stringMatching(/galaxy g2 .*g2\.png/) } })
  })

  it('is nothing but an image, whatever path the catalogue holds', async () => {
    for (const name of ['passwd', 'page.html', 'vector.svg']) {
      writeFileSync(join(folder, name), 'secret')
      const key = addGalaxy(name, join(folder, name))
      expect(errorOf(await client.get(`/api/galaxies/${key}/image`))).toEqual({ status: 400, code: 'image/unsupported' })
    }
    const key = addGalaxy('folder', folder)
    expect(errorOf(await client.get(`/api/galaxies/${key}/image`))).toEqual({ status: 404, code: 'image/gone' })
  })

  it('is found by the number of a galaxy of this project and by nothing else', async () => {
    expect(errorOf(await client.get('/api/galaxies/99/image'))).toEqual({ status: 404, code: 'galaxy/unknown' })
    expect(errorOf(await client.get('/api/galaxies/1/image?view=2'))).toEqual({ status: 404, code: 'view/unknown' })
    for (const key of ['g1', '0', '-1', '1.5', '..%2F..%2Fetc%2Fpasswd', '1%20OR%201'])
      expect(errorOf(await client.get(`/api/galaxies/${key}/image`)), key).toEqual({ status: 400, code: 'request/invalid' })
    expect(errorOf(await client.get('/api/galaxies/1/image?view=x'))).toEqual({ status: 400, code: 'request/invalid' })
  })
})
