import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import sharp from 'sharp'
import { isWholeImage } from '@main/ingest/images/end-marker'
import { listImages } from '@main/ingest/images/list-images'
import { locateImage, readImage } from '@main/ingest/images/read-image'
import { drawImage, errorOf, makeFolder, writeFile } from '../support'

describe('an image file', () => {
  test.each(['jpeg', 'png', 'webp', 'tiff'] as const)('%s gives its size and checksum', async (format) => {
    const bytes = await drawImage(format)
    const path = writeFile(join(makeFolder(), `a.${format}`), bytes)
    expect(await readImage(path)).toEqual({ path, widthPx: 64, heightPx: 48, checksum: createHash('sha256').update(bytes).digest('hex') })
  })
  test.each(['jpeg', 'png', 'webp'] as const)('%s cut at any length is refused', async (format) => {
    const bytes = await drawImage(format)
    const folder = makeFolder()
    for (const share of [0.02, 0.3, 0.7, 0.99]) {
      const path = writeFile(join(folder, `${share}.${format}`), bytes.subarray(0, Math.floor(bytes.length * share)))
      expect(await readImage(path)).toMatchObject({ code: 'import/image-unreadable' })
    }
  })
  test('a truncated JPEG is not taken for whole because of the end of its thumbnail', async () => {
    const jpeg = await drawImage('jpeg')
    const thumbnail = await drawImage('jpeg', 30, 8, 8)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(thumbnail.length + 2)
    const withThumbnail = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, thumbnail, jpeg.subarray(2)])
    expect(isWholeImage(withThumbnail)).toBe(true)
    expect(isWholeImage(withThumbnail.subarray(0, -40))).toBe(false)
  })
  test('a progressive JPEG, and bytes behind the end, are whole', async () => {
    const progressive = await sharp(await drawImage('png'))
      .jpeg({ progressive: true })
      .toBuffer()
    expect(isWholeImage(progressive)).toBe(true)
    expect(isWholeImage(Buffer.concat([progressive, Buffer.alloc(16)]))).toBe(true)
  })
  test('a rotated one has the size that is seen', async () => {
    const path = writeFile(
      join(makeFolder(), 'a.jpg'),
      await sharp(await drawImage('jpeg'))
        .withMetadata({ orientation: 6 })
        .toBuffer(),
    )
    expect(await readImage(path)).toMatchObject({ widthPx: 48, heightPx: 64 })
  })
  test('one of 0 bytes, of text, and a missing one are refused', async () => {
    const folder = makeFolder()
    expect(await readImage(writeFile(join(folder, 'empty.jpg'), ''))).toMatchObject({ code: 'import/image-unreadable' })
    expect(await readImage(writeFile(join(folder, 'text.jpg'), '<html>404</html>'))).toMatchObject({ code: 'import/image-unreadable' })
    expect(await readImage(folder)).toMatchObject({ code: 'import/image-unreadable' })
    expect(await readImage(join(folder, 'none.jpg'))).toMatchObject({ code: 'import/image-missing' })
  })
})

describe('where an image lies', () => {
  test('in the folder, absolute, by the last part of a path of another machine, or by id', async () => {
    const folder = makeFolder()
    const deep = writeFile(join(folder, 'J000', 'a.png'), 'x')
    const flat = writeFile(join(folder, 'b.jpeg'), 'x')
    expect(await locateImage(folder, 'J000/a.png', 'A')).toBe(deep)
    expect(await locateImage('/nowhere', deep, 'A')).toBe(deep)
    expect(await locateImage(folder, '/data/decals/png/b.jpeg', 'B')).toBe(flat)
    expect(await locateImage(folder, null, 'b')).toBe(flat)
    expect(await locateImage(folder, 'missing.jpg', 'C')).toBe(join(folder, 'missing.jpg'))
  })
})

describe('a folder of images', () => {
  test('is listed with its folders, in natural order, without hidden and other files', async () => {
    const folder = makeFolder()
    for (const name of ['g10.jpg', 'g2.JPG', 'deep/er/g1.png', '.hidden.jpg', 'notes.txt']) writeFile(join(folder, name), 'x')
    expect((await listImages(folder)).map(({ id, path }) => [id, path])).toEqual([
      ['g1', join(folder, 'deep/er/g1.png')],
      ['g2', join(folder, 'g2.JPG')],
      ['g10', join(folder, 'g10.jpg')],
    ])
  })
  test('keeps the dots of an id', async () => {
    const folder = makeFolder()
    writeFile(join(folder, 'J005321.49-025122.0.jpg'), 'x')
    expect((await listImages(folder))[0]!.id).toBe('J005321.49-025122.0')
  })
  test('without images, or that is not there, is an error', async () => {
    const folder = makeFolder()
    expect((await errorOf(listImages(folder))).code).toBe('import/no-images')
    expect((await errorOf(listImages(join(folder, 'none')))).code).toBe('import/no-images')
  })
})
