import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createThumbnails } from '@main/images/thumbnail'
import type { View } from '@main/catalogue/views'
import { floatImage } from './fits/support'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'thumbnail-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PIXELS_APART = 3

async function image(name: string, width: number, height: number, background = { r: 200, g: 40, b: 90 }): Promise<View> {
  const path = join(folder, name)
  await sharp({ create: { width, height, channels: 3, background } }).toFile(path)
  return { galaxyKey: 1, galaxyId: 'g1', view: 1, path, pixelScaleArcsec: null, widthPx: width, heightPx: height, checksum: 'sum' }
}

test('covers the side that was asked for, rounded up, and keeps shape and colour', async () => {
  const { bytes } = await createThumbnails().read(await image('a.png', 400, 300), 100)
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([171, 128])
  for (const [channel, value] of [200, 40, 90].entries()) expect(Math.abs(data[channel]! - value)).toBeLessThanOrEqual(PIXELS_APART)
})

test('of a FITS image shows the bright side of it bright', async () => {
  const view = { ...(await image('a.png', 8, 8)), path: join(folder, 'a.fits') }
  const values = Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? i / 1_000 : 5 + i / 1_000))
  writeFileSync(view.path, floatImage([8, 8], values))
  const { data, info } = await sharp((await createThumbnails().read(view, 64)).bytes)
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([8, 8])
  expect(data[7 * info.channels]! - data[0]!).toBeGreaterThan(100)
})

test('is never larger than the image', async () => {
  const { width, height } = await sharp((await createThumbnails().read(await image('a.png', 40, 30), 512)).bytes).metadata()
  expect([width, height]).toEqual([40, 30])
})

test('follows a file that changed, and says so by its tag', async () => {
  const thumbnails = createThumbnails()
  const before = await thumbnails.read(await image('a.png', 64, 64), 64)
  const changed = await image('a.png', 64, 64, { r: 0, g: 250, b: 0 })
  utimesSync(changed.path, 1_000_000_000, 1_000_000_000)
  const after = await thumbnails.read(changed, 64)
  expect(after.etag).not.toBe(before.etag)
  expect((await sharp(after.bytes).raw().toBuffer())[1]).toBeGreaterThan(240)
  expect(await thumbnails.etag(changed, 50)).toBe(after.etag)
})

test('is made once while there is room, and again after the room was needed', async () => {
  const [first, second] = [await image('a.png', 64, 64), await image('b.png', 64, 64)]
  const wide = createThumbnails()
  const made = await wide.read(first, 64)
  expect((await wide.read(first, 64)).bytes).toBe(made.bytes)
  const narrow = createThumbnails(made.bytes.byteLength)
  const once = await narrow.read(first, 64)
  await narrow.read(second, 64)
  expect((await narrow.read(first, 64)).bytes).not.toBe(once.bytes)
})

test('that is asked for twice at once is made once', async () => {
  const thumbnails = createThumbnails()
  const view = await image('a.png', 300, 300)
  const [one, other] = await Promise.all([thumbnails.read(view, 128), thumbnails.read(view, 128)])
  expect(one.bytes).toBe(other.bytes)
})

test('names the galaxy and the file that is gone or no image', async () => {
  const view = await image('a.png', 8, 8)
  writeFileSync(view.path, 'no image')
  await expect(createThumbnails().read(view, 64)).rejects.toMatchObject({
    code: 'image/unreadable',
    message: expect.stringMatching(/g1 .*a\.png/),
  })
  rmSync(view.path)
  await expect(createThumbnails().read(view, 64)).rejects.toMatchObject({ code: 'image/gone' })
})
