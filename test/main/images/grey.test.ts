import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { readGrey } from '@main/images/grey'
import { floatImage } from './fits/support'

const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-grey-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const grey = async (content: Buffer, sizePx: number) => [...(await readGrey(file('image', content), 'g1', sizePx))]

/** Colours whose mean ends in .0, .33 and .67. */
const colours = [0, 0, 0, 255, 255, 255, 10, 20, 40, 100, 101, 101, 255, 0, 0, 0, 255, 0, 0, 0, 255, 7, 8, 8, 254, 255, 255]
const means = [0, 255, 23, 101, 85, 85, 85, 8, 255]
const colourImage = sharp(Buffer.from(colours), { raw: { width: 3, height: 3, channels: 3 } })

describe('an image as the network gets it', () => {
  it('is the mean of red, green and blue to the nearest grey level', async () => {
    expect(await grey(await colourImage.clone().png().toBuffer(), 3)).toEqual(means)
  })

  it('keeps a grey image as it is', async () => {
    const image = sharp(Buffer.from([0, 50, 100, 255]), { raw: { width: 2, height: 2, channels: 1 } }).toColourspace('b-w')
    expect(await grey(await image.png().toBuffer(), 2)).toEqual([0, 50, 100, 255])
  })

  it('puts a transparent image on black', async () => {
    const pixels = Buffer.from([90, 90, 90, 255, 90, 90, 90, 0, 30, 60, 90, 255, 255, 255, 255, 0])
    const image = sharp(pixels, { raw: { width: 2, height: 2, channels: 4 } })
    expect(await grey(await image.png().toBuffer(), 2)).toEqual([90, 0, 60, 0])
  })

  it('takes the upper eight bits of sixteen', async () => {
    const image = sharp(new Uint16Array([0, 50 * 257, 100 * 257, 65_535]), { raw: { width: 2, height: 2, channels: 1 } })
    const content = await image.toColourspace('grey16').png().toBuffer()
    expect((await sharp(content).metadata()).depth).toBe('ushort')
    expect(await grey(content, 2)).toEqual([0, 50, 100, 255])
  })

  it('reads a CMYK image in its colours, not as four channels', async () => {
    const levels = [20, 60, 120, 220]
    const image = sharp(Buffer.from(levels.flatMap((level) => [level, level, level])), { raw: { width: 2, height: 2, channels: 3 } })
    const content = await image.toColourspace('cmyk').tiff().toBuffer()
    expect((await sharp(content).metadata()).channels).toBe(4)
    const result = await grey(content, 2)
    // The colour profiles of print are no round trip; the mean of the four inks would be darker where the image is brighter.
    expect(result).toEqual([...result].sort((a, b) => a - b))
    expect(result[3]! - result[0]!).toBeGreaterThan(150)
  })

  it('cuts the central square out of a wide image', async () => {
    const rows = [0, 80, 160, 240, 0, 80, 160, 240]
    const image = sharp(Buffer.from(rows), { raw: { width: 4, height: 2, channels: 1 } })
    expect(await grey(await image.png().toBuffer(), 2)).toEqual([80, 160, 80, 160])
  })

  it('turns an image upright as the window shows it', async () => {
    const image = sharp(Buffer.from([10, 20, 30, 40]), { raw: { width: 2, height: 2, channels: 1 } })
    expect(await grey(await image.withMetadata({ orientation: 3 }).png().toBuffer(), 2)).toEqual([40, 30, 20, 10])
  })

  it('is read of many FITS files at once, and after one that cannot be read', async () => {
    const paths = Array.from({ length: 12 }, (_, i) => file(`many-${i}.fits`, floatImage([2, 2], [i, 1 + i, 2 + i, 4 + i])))
    const cut = file('many-cut.fits', floatImage([9, 9], Array<number>(81).fill(1)).subarray(0, 2_900))
    const found = await Promise.allSettled([cut, cut, cut, cut, cut, ...paths].map((path) => readGrey(path, 'g1', 2)))
    const levels = found.flatMap((each) => (each.status === 'fulfilled' ? [[...each.value]] : []))
    expect(found.filter(({ status }) => status === 'rejected')).toHaveLength(5)
    // Each by itself from black to white: the same picture, top row first.
    expect(levels).toHaveLength(12)
    expect(levels.every((each) => each.join() === levels[0]!.join())).toBe(true)
    expect([Math.min(...levels[0]!), Math.max(...levels[0]!)]).toEqual([0, 255])
  })

  it('names the galaxy and the file when the image is cut off', async () => {
    const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#456' } })
      .jpeg()
      .toBuffer()
    const path = file('cut.jpg', whole.subarray(0, whole.length / 2))
    await expect(readGrey(path, 'J1234', 32)).rejects.toMatchObject({
      code: 'image/unreadable',
      message: expect.stringMatching(/^The image of galaxy J1234 cannot be read \(.*cut\.jpg\): .+ Restore the file or import it again\.$/),
    })
  })

  it('names the galaxy when the file is missing or no image', async () => {
    await expect(readGrey(join(folder, 'absent.jpg'), 'J1', 32)).rejects.toMatchObject({
      code: 'image/unreadable',
      message: expect.stringContaining('J1'),
    })
    const path = file('text.jpg', readFileSync(import.meta.filename))
    await expect(readGrey(path, 'J2', 32)).rejects.toMatchObject({ code: 'image/unreadable', message: expect.stringContaining('J2') })
  })
})
