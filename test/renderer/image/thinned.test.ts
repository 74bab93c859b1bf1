import { describe, expect, it } from 'vitest'
import { compose, type Look } from '@renderer/image/compose'
import { planesOfPicture, planesOfValues, type CodedPlane, type Planes } from '@renderer/image/planes'
import { thinned } from '@renderer/image/thinned'

const look: Look = {
  stretch: 'linear',
  range: 'full',
  isPerBand: true,
  black: 0.1,
  white: 0.9,
  isInverted: false,
  isGrey: false,
  channels: [true, true, true],
}
function drawn(image: Planes<CodedPlane>): Uint32Array {
  const out = new Uint8ClampedArray(4 * image.widthPx * image.heightPx)
  compose(image, look, out)
  return new Uint32Array(out.buffer)
}
const values = (bands: number) =>
  planesOfValues(
    { widthPx: 7, heightPx: 5, bands, bandNames: null, fullRange: null, noValue: 'NaN' },
    Array.from({ length: bands }, (_, band) => Float32Array.from({ length: 35 }, (__, i) => Math.sin(i * (band + 1)))),
  )
const picture = planesOfPicture(
  Uint8ClampedArray.from({ length: 4 * 35 }, (_, i) => (i * 37) % 256),
  7,
  5,
)

describe('a thinned image', () => {
  it.each([
    ['one band', values(1)],
    ['three bands', values(3)],
    ['a picture', picture],
  ])('of %s has the colours of the pixels in the middle of its squares', (_, image) => {
    const all = drawn(image)
    const few = thinned(image, 3)
    expect([few.widthPx, few.heightPx]).toEqual([3, 2])
    const at = [1, 4].flatMap((y) => [1, 4, 6].map((x) => 7 * y + x))
    expect([...drawn(few)]).toEqual(at.map((pixel) => all[pixel]))
    expect(new Set(drawn(few)).size).toBeGreaterThan(3)
    expect(few.planes[0]!.limits).toBe(image.planes[0]!.limits)
  })
})
