import { describe, expect, it } from 'vitest'
import type { Wcs } from '@shared/science/sky/wcs'
import { compose, isUntouched, rangeOf, type Look } from '@renderer/image/compose'
import { histogram, planesOfPicture, planesOfValues } from '@renderer/image/planes'
import { formatPixel, formatSky, readoutAt, valueAt } from '@renderer/image/readout'
import { levelTable, stretched, stretches } from '@renderer/image/stretch'

const plain: Look = {
  stretch: 'picture',
  range: 'auto',
  isPerBand: true,
  black: 0,
  white: 1,
  isInverted: false,
  isGrey: false,
  channels: [true, true, true],
}
const header = (bands: number, bandNames: string[] | null = null) => ({
  widthPx: 100,
  heightPx: 50,
  bands,
  bandNames,
  fullRange: null,
  noValue: 'NaN' as const,
})
const pictureOf = (pixels: readonly (readonly [number, number, number])[]) =>
  planesOfPicture(Uint8ClampedArray.from(pixels.flatMap((rgb) => [...rgb, 255])), pixels.length, 1)
function shown(image: ReturnType<typeof pictureOf>, look: Partial<Look>): number[][] {
  const out = new Uint8ClampedArray(4 * image.widthPx * image.heightPx)
  compose(image, { ...plain, ...look }, out)
  return Array.from({ length: out.length / 4 }, (_, i) => [...out.subarray(4 * i, 4 * i + 3)])
}
/** A sky of noise around 5 with a source up to 1e5, as cameras give it. */
const sky = Float32Array.from({ length: 5_000 }, (_, i) => 5 + 0.01 * Math.sin(i * 12.9898) + (i % 100 === 0 ? 10 ** (i / 1_000) : 0))

describe('a stretch', () => {
  it.each(stretches)('%s goes from black to white and never falls', (stretch) => {
    const levels = Array.from({ length: 101 }, (_, i) => stretched(stretch, i / 100))
    expect([levels[0], levels[100]]).toEqual([0, expect.closeTo(1, 12)])
    expect(levels.every((level, i) => i === 0 || level > levels[i - 1]!)).toBe(true)
  })

  it('has the values of astropy: log 1000, asinh 0.1', () => {
    // LogStretch()(0.01), AsinhStretch()(0.01), SqrtStretch()(0.01) of astropy.visualization.
    expect(stretched('log', 0.01)).toBeCloseTo(0.347080675, 9)
    expect(stretched('asinh', 0.01)).toBeCloseTo(0.0332977502, 9)
    expect(stretched('sqrt', 0.01)).toBeCloseTo(0.1, 12)
  })

  it('cuts off below black and above white, and is turned over when inverted', () => {
    const table = (isInverted: boolean) => [
      ...levelTable(Float32Array.from([0, 10, 15, 20, 30, NaN]), { stretch: 'linear', black: 10, white: 20, isInverted }),
    ]
    expect(table(false)).toEqual([0, 0, 128, 255, 255, 0])
    expect(table(true)).toEqual([255, 255, 128, 0, 0, 0])
  })

  it('of black at white is a threshold', () => {
    expect([...levelTable(Float32Array.from([4, 5, 6]), { stretch: 'log', black: 5, white: 5, isInverted: false })]).toEqual([0, 255, 255])
  })
})

describe('a picture', () => {
  const image = pictureOf([
    [0, 128, 255],
    [10, 20, 30],
  ])

  it('is itself where nothing is touched', () => {
    expect(shown(image, {})).toEqual([
      [0, 128, 255],
      [10, 20, 30],
    ])
    expect([
      isUntouched(plain),
      isUntouched({ ...plain, channels: [true, false, true] }),
      isUntouched({ ...plain, stretch: 'linear' }),
    ]).toEqual([true, false, false])
  })

  it('loses channels, turns grey by the mean of those that are on, and inverts', () => {
    expect(shown(image, { channels: [false, true, true] })[0]).toEqual([0, 128, 255])
    expect(shown(image, { channels: [true, true, false] })[1]).toEqual([10, 20, 0])
    expect(shown(image, { isGrey: true })[1]).toEqual([20, 20, 20])
    expect(shown(image, { isGrey: true, channels: [true, false, true] })[1]).toEqual([20, 20, 20])
    expect(shown(image, { isGrey: true, channels: [false, false, true] })[1]).toEqual([30, 30, 30])
    expect(shown(image, { isInverted: true })[0]).toEqual([255, 127, 0])
    expect(shown(image, { channels: [false, false, false], isGrey: true })[0]).toEqual([0, 0, 0])
  })

  it('keeps its whole range however narrow its own is, unless it is stretched', () => {
    const [red] = image.planes
    expect(rangeOf(red!, image.planes, plain)).toEqual({ low: 0, high: 255 })
    expect(rangeOf(red!, image.planes, { ...plain, stretch: 'linear' })).toEqual({ low: 0, high: 10 })
    expect(rangeOf(red!, image.planes, { ...plain, stretch: 'linear', range: 'full' })).toEqual({ low: 0, high: 255 })
    expect(rangeOf(red!, image.planes, { ...plain, stretch: 'linear', isPerBand: false })).toEqual({ low: 0, high: 255 })
  })
})

describe('real values', () => {
  const { planes } = planesOfValues(header(1), [sky])
  const [plane] = planes

  it('have codes in their order, finest at the sky: within a thousandth of the noise there, of the value far above', () => {
    for (let i = 0; i < sky.length; i++) {
      const coded = plane!.values[plane!.codes[i]!]!
      expect(Math.abs(coded - sky[i]!)).toBeLessThanOrEqual(1e-3 * (0.01 + Math.abs(sky[i]! - 5)))
    }
    const valued = plane!.values.subarray(1)
    expect(valued.every((value, i) => i === 0 || value >= valued[i - 1]!)).toBe(true)
  })

  it('have a range of their own that leaves out the darkest and the brightest few', () => {
    const sorted = sky.toSorted()
    expect(plane!.limits.auto.low).toBeCloseTo(sorted[25]!, 4)
    expect(plane!.limits.auto.high / sorted[4_994]!).toBeCloseTo(1, 2)
    expect(plane!.limits.full).toEqual({ low: sorted[0], high: sorted[4_999] })
  })

  it('make the picture that arithmetic on the values makes, to one level', () => {
    const image = planesOfValues(header(1), [sky])
    const { low, high } = image.planes[0]!.limits.auto
    for (const stretch of ['linear', 'log', 'sqrt', 'asinh'] as const) {
      const wanted = Array.from(sky, (value) => 255 * stretched(stretch, Math.min(1, Math.max(0, (value - low) / (high - low)))))
      shown(image, { stretch }).forEach(([level], i) => expect(Math.abs(level! - wanted[i]!)).toBeLessThanOrEqual(1))
    }
  })

  it('of bands are blue first, each in its own range or all in one', () => {
    const ramp = Float32Array.from({ length: 5_000 }, (_, i) => i)
    const image = planesOfValues(header(3, ['g', 'r', 'z']), [ramp, ramp.map((value) => value / 2), ramp.map((value) => value / 4)])
    const last = (look: Partial<Look>) => shown(image, { stretch: 'linear', range: 'full', ...look }).at(-1)
    expect(last({})).toEqual([255, 255, 255])
    expect(last({ isPerBand: false })).toEqual([64, 128, 255])
    const two = planesOfValues(header(2), [ramp, ramp.toReversed()])
    expect(shown(two, { stretch: 'linear', range: 'full' })[0]).toEqual([255, 128, 0])
  })

  it('that are missing are dark, are counted nowhere and have no value', () => {
    const holed = planesOfValues(header(1), [sky.with(5, NaN)])
    expect([holed.planes[0]!.codes[5], holed.planes[0]!.values[0]]).toEqual([0, NaN])
    expect(shown(holed, { stretch: 'asinh', isInverted: true })[5]).toEqual([0, 0, 0])
    const none = planesOfValues(header(1), [new Float32Array(5_000).fill(NaN)])
    expect(shown(none, { stretch: 'log' })[0]).toEqual([0, 0, 0])
  })

  it('that are infinite are dark as those without a value, and count in no limit', () => {
    const image = planesOfValues(header(1), [sky.with(5, Infinity).with(6, -Infinity)])
    expect(shown(image, { stretch: 'asinh', range: 'full' }).slice(5, 7)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
    const { full } = image.planes[0]!.limits
    expect([Number.isFinite(full.low), Number.isFinite(full.high)]).toEqual([true, true])
    expect(image.planes[0]!.counts[0]).toBe(2)
  })

  it('that are all the same, or two, are shown', () => {
    expect(shown(planesOfValues(header(1), [new Float32Array(5_000).fill(3)]), { stretch: 'log' })[0]![0]).toBe(255)
    const mask = Float32Array.from({ length: 5_000 }, (_, i) => i % 2)
    expect(shown(planesOfValues(header(1), [mask]), { stretch: 'linear' }).slice(0, 2)).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ])
  })
})

describe('a histogram', () => {
  it('counts every pixel of the range once', () => {
    const plane = planesOfValues(header(1), [sky]).planes[0]!
    expect(histogram(plane, plane.limits.full, 96).reduce((sum, count) => sum + count, 0)).toBe(5_000)
    const [red] = pictureOf([
      [0, 0, 0],
      [128, 0, 0],
      [255, 0, 0],
    ]).planes
    expect([...histogram(red!, red!.limits.full, 2)]).toEqual([1, 2])
    expect([...histogram(red!, { low: 100, high: 200 }, 2)]).toEqual([1, 0])
  })
})

describe('a pixel under the pointer', () => {
  it('is told with six figures, whole numbers whole, what is no number by its name', () => {
    const values = [0.012345678, 65_535, NaN, Infinity, -Infinity].map((value, i) => ({ name: 'grz'[i] ?? '', value }))
    expect(formatPixel(12, 30, values, 'NaN')).toBe('x 12 y 30   g 0.0123457   r 65535   z NaN   inf   -inf')
    expect(formatPixel(1, 1, [{ name: '', value: NaN }], 'blank')).toBe('x 1 y 1   blank')
  })

  it('has the value of the file in every band, not its code', () => {
    const bands = [
      { name: 'g', values: sky, start: 0, step: 1 },
      { name: 'G', values: Uint8ClampedArray.from([1, 2, 3, 4, 5, 6, 7, 8]), start: 1, step: 4 },
    ]
    expect(valueAt({ widthPx: 2, heightPx: 1, noValue: 'NaN', bands }, 1)).toEqual([
      { name: 'g', value: sky[1] },
      { name: 'G', value: 6 },
    ])
  })

  it('counts from the lower left as FITS does, has the sky of its middle, and is none outside of the image', () => {
    const size = { width: 2, height: 2 }
    const bands = [{ name: 'g', values: Float32Array.from([1, 2, 3, 4]), start: 0, step: 1 }]
    const told = { widthPx: 2, heightPx: 2, noValue: 'NaN' as const, bands }
    const wcs: Wcs = {
      ...{ projection: 'TAN', referencePx: [2, 1], referenceDeg: [150, 2], degPerPx: [-1e-4, 0, 0, 1e-4], poleDeg: 180 },
      ...{ distortion: null, axes: 'equatorial', frame: '' },
    }
    // The lower right pixel: its middle is the reference.
    expect(readoutAt({ x: 1.5, y: 1.5 }, size, told, wcs)).toMatch(/^x 2 y 1 {3}g 4\n150\.000000° \+2\.000000°/)
    expect(readoutAt({ x: 0.2, y: 0.2 }, size, told, null)).toBe('x 1 y 2   g 1')
    expect(readoutAt({ x: 1.5, y: 1.5 }, size, null, wcs)).toMatch(/^150\.000000°/)
    for (const [x, y] of [
      [-0.1, 1],
      [2, 1],
      [1, -0.1],
      [1, 2],
    ] as const)
      expect(readoutAt({ x, y }, size, told, wcs)).toBe('')
  })

  it('has its place on the sky in degrees and in hours, with its frame where that is another than ICRS', () => {
    const place = { longitudeDeg: 150.1163, latitudeDeg: -2.2058 }
    expect(formatSky({ axes: 'equatorial', frame: 'ICRS' }, place)).toBe('150.116300° -2.205800°   10:00:27.912 -02:12:20.88')
    expect(formatSky({ axes: 'equatorial', frame: 'FK4' }, { ...place, latitudeDeg: 2 })).toMatch(/\+2\.000000° .* {3}FK4$/)
    expect(formatSky({ axes: 'galactic', frame: '' }, place)).toBe('l 150.116300° b -2.205800°')
    expect(formatSky({ axes: 'equatorial', frame: '' }, { longitudeDeg: 359.9999999, latitudeDeg: 0 })).toMatch(/^0\.000000° .* 00:00:00/)
    expect(formatSky({ axes: 'galactic', frame: '' }, { longitudeDeg: -1e-7, latitudeDeg: -1e-7 })).toBe('l 0.000000° b +0.000000°')
  })
})
