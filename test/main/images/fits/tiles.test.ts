import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readFits, readFitsLayout } from '@main/images/fits/read-fits'
import reference from '../../../reference/fits-tiles.json' with { type: 'json' }

const bytesOf = (packed: string) => gunzipSync(Buffer.from(packed, 'base64'))
const fileOf = (name: string) => bytesOf(reference.cases.find((each) => each.name === name)!.file)
const message = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return `${(error as { code?: string }).code} ${(error as Error).message}`
  }
  return 'none'
}
/** The same file with other bytes where a text stands in its headers. */
function edited(file: Buffer, text: string, other: string): Buffer {
  const at = file.indexOf(text)
  expect(at).toBeGreaterThan(0)
  expect(other).toHaveLength(text.length)
  return Buffer.concat([file.subarray(0, at), Buffer.from(other), file.subarray(at + text.length)])
}

describe('a FITS image', () => {
  it.each(reference.cases)('$name has the values that astropy reads, to the last bit of float32', ({ file, shape, values }) => {
    const image = readFits(bytesOf(file))
    expect([image.bands.length, image.heightPx, image.widthPx]).toEqual(shape)
    const wanted = bytesOf(values)
    const bands = new Float32Array(new Uint8Array(wanted).buffer)
    const count = image.widthPx * image.heightPx
    image.bands.forEach((band, i) => expect(band).toEqual(bands.subarray(i * count, (i + 1) * count)))
  })
})

describe('an image in tiles that cannot be read', () => {
  it('is refused by the name of its compression, with what to do', () => {
    for (const [kind, file] of Object.entries(reference.refused)) {
      expect(message(() => readFits(bytesOf(file)))).toMatch(new RegExp(`^fits/compressed its header says ZCMPTYPE = ${kind};.*funpack`))
      expect(message(() => readFitsLayout(bytesOf(file)))).toMatch(/^fits\/compressed/)
    }
  })

  it('is refused with the tile whose bytes are damaged', () => {
    const gzipped = fileOf('GZIP_1 of 16 bits')
    // The third stream of gzip in the file, where there is one a row.
    let at = -1
    for (let n = 0; n < 3; n++) at = gzipped.indexOf(Buffer.from([0x1f, 0x8b, 8]), at + 1)
    const damaged = Buffer.concat([gzipped.subarray(0, at + 10), Buffer.alloc(20, 0xff), gzipped.subarray(at + 30)])
    expect(message(() => readFits(damaged))).toMatch(/^fits\/damaged its tile 3 is damaged: its gzip data cannot be unpacked/)
  })

  it('is refused when its numbers end before its pixels do', () => {
    const file = fileOf('RICE_1 of 32 bits')
    const zeros = Buffer.from(file)
    zeros.fill(0, zeros.length - 2_880)
    expect(message(() => readFits(zeros))).toMatch(/^fits\/damaged its tile \d+ is damaged/)
  })

  it('is refused where the file breaks off, with both lengths', () => {
    const file = fileOf('RICE_1 of 16 bits')
    expect(message(() => readFits(file.subarray(0, file.length - 2_880)))).toMatch(
      new RegExp(`^fits/truncated it is truncated: \\d+ bytes are described, ${file.length - 2_880} are there`),
    )
    const packed = gzipSync(file)
    expect(message(() => readFits(packed.subarray(0, packed.length >> 1)))).toMatch(/^fits\/truncated/)
  })

  it('is refused with the keyword that makes no sense', () => {
    const file = fileOf('RICE_1 of 16 bits')
    expect(message(() => readFits(edited(file, "TFORM1  = '1P", "TFORM1  = '1?")))).toMatch(/^fits\/bad-header .*TFORM1 = 1\?/)
    expect(message(() => readFits(edited(file, 'ZBITPIX =                   16', 'ZBITPIX =                   24')))).toMatch(/BITPIX = 24/)
    expect(message(() => readFits(edited(file, 'ZNAXIS2 =                   21', 'ZNAXIS2 =                   22')))).toMatch(
      /NAXIS2 = 21.*22 tiles/,
    )
  })
})
