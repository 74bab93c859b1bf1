import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GalaxyImage } from '@main/catalogue/views'
import { readGrey } from '@main/images/grey'
import type { TaskContext } from '@main/compute/tasks/context'
import { cachedImages } from '@main/compute/tasks/image-cache'

const SIDE_PX = 20
let folder: string
let galaxies: GalaxyImage[]

/** An image of noise about this grey level: no two are alike. */
async function draw(path: string, grey: number): Promise<void> {
  const pixels = Buffer.from(Array.from({ length: 24 * 24 * 3 }, (_, i) => grey + ((i * 7919) % 23)))
  writeFileSync(
    path,
    await sharp(pixels, { raw: { width: 24, height: 24, channels: 3 } })
      .png()
      .toBuffer(),
  )
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-cache-'))
  galaxies = ['a', 'b', 'c', 'd'].map((id, i) => ({ galaxyKey: i + 1, id, path: join(folder, `${id}.png`), checksum: '' }))
  for (const [i, { path }] of galaxies.entries()) await draw(path, 20 + 50 * i)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Reads them all through the cache; `decoded` is counted by the cache, `reported` is what the user is shown. */
async function read(wanted = galaxies, signal = new AbortController().signal) {
  const reported: number[] = []
  const onProgress: TaskContext['onProgress'] = ({ done }) => reported.push(done)
  const context = { engine: { engine: 'cpu', engines: [], advice: '' }, signal, onProgress } as TaskContext
  const cached = await cachedImages(folder, wanted, SIDE_PX, context)
  const images = wanted.map((_, i) => Array.from(cached.image(i)))
  cached.close()
  return { images, decoded: cached.decoded, reported }
}
const fresh = () => Promise.all(galaxies.map(async ({ path, id }) => Array.from(await readGrey(path, id, SIDE_PX))))
const bytesOf = (ending: string) => statSync(join(folder, 'images-cache', `${SIDE_PX}.${ending}`)).size

describe('the cache of training images', () => {
  test('decodes every image once, and gives what decoding gives', async () => {
    expect(await read()).toMatchObject({ decoded: 4, images: await fresh(), reported: [4] })
    expect(await read()).toMatchObject({ decoded: 0, images: await fresh(), reported: [] })
    expect(bytesOf('u8')).toBe(4 * SIDE_PX * SIDE_PX)
  })

  test('in another order, and of some of them, the images stay with their galaxies', async () => {
    await read([galaxies[2]!, galaxies[0]!])
    const { images, decoded } = await read(galaxies.toReversed())
    expect(decoded).toBe(2)
    expect(images.toReversed()).toEqual(await fresh())
  })

  test('an image that was changed is decoded anew, even with its old size and date', async () => {
    await read()
    const { path } = galaxies[1]!
    const before = statSync(path)
    await draw(join(folder, 'new.png'), 71)
    renameSync(join(folder, 'new.png'), path)
    utimesSync(path, before.atime, before.mtime)
    const { images, decoded } = await read()
    expect(decoded).toBe(1)
    expect(images).toEqual(await fresh())
  })

  test('two galaxies of one file share a row; files that changed places do not', async () => {
    await read()
    const twins = [galaxies[0]!, { ...galaxies[1]!, path: galaxies[0]!.path }]
    expect((await read(twins)).decoded).toBe(0)
    renameSync(galaxies[0]!.path, join(folder, 'x.png'))
    renameSync(galaxies[1]!.path, galaxies[0]!.path)
    renameSync(join(folder, 'x.png'), galaxies[1]!.path)
    expect((await read()).images).toEqual(await fresh())
  })

  test.each([
    ['rows without an index', () => appendFileSync(join(folder, 'images-cache', `${SIDE_PX}.u8`), new Uint8Array(999).fill(1))],
    ['an index without rows', () => truncateSync(join(folder, 'images-cache', `${SIDE_PX}.u8`), 2 * SIDE_PX * SIDE_PX + 7)],
    ['half an entry', () => truncateSync(join(folder, 'images-cache', `${SIDE_PX}.index`), 3 * 16 + 5)],
  ])('%s, as a kill leaves it, is cut off and made anew', async (_, damage) => {
    await read()
    damage()
    expect((await read()).images).toEqual(await fresh())
    expect(bytesOf('u8')).toBe(SIDE_PX * SIDE_PX * (bytesOf('index') / 16))
    expect((await read()).decoded).toBe(0)
  })

  test('an image that is not there is named, and those before it are kept', async () => {
    rmSync(galaxies[3]!.path)
    await expect(read()).rejects.toMatchObject({ code: 'image/unreadable', message: expect.stringContaining('galaxy d') as string })
    expect(existsSync(join(folder, 'images-cache', `${SIDE_PX}.u8`))).toBe(true)
    await draw(galaxies[3]!.path, 5)
    expect((await read()).images).toEqual(await fresh())
  })

  test('a cancel stops it', async () => {
    const cancel = new AbortController()
    cancel.abort()
    await expect(read(galaxies, cancel.signal)).rejects.toMatchObject({ code: 'job/cancelled' })
  })
})
