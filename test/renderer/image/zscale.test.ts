import { describe, expect, it } from 'vitest'
import { planesOfValues } from '@renderer/image/planes'
import { zscale } from '@renderer/image/zscale'
import reference from '../../reference/zscale.json' with { type: 'json' }

/** The image of zscale.py, its rows turned over: there the lowest row is first. */
function imageOf({ size, sources, scale, holes }: (typeof reference.cases)[number]): Float32Array {
  const [width, height] = size as [number, number]
  let seed = 12_345
  const rows = Array.from({ length: height }, (_, y) =>
    Float32Array.from({ length: width }, (_, x) => {
      seed = (16_807 * seed) % 2_147_483_647
      const light = sources.reduce((sum, [atX, atY, peak]) => sum + peak! / (1 + ((x - atX!) ** 2 + (y - atY!) ** 2) / 9), 0)
      const isHole = holes.some((hole) => (hole as number[])[0] === x && (hole as number[])[1] === y)
      return isHole ? NaN : 100 + scale * ((2 * seed) / 2_147_483_647 - 1) + light
    }),
  )
  return Float32Array.from(rows.reverse().flatMap((row) => [...row]))
}

/** Of the range: numpy fits the line by another way, and rounds the limits of float32 pixels to float32. */
const SHARE = 1e-5
/** Of the range: the place of a percentile between two pixels, and the codes of values. */
const BETWEEN_PIXELS = 0.02

describe('zscale', () => {
  it.each(reference.cases)('of $name is that of astropy', (each) => {
    const [low, high] = each.zscale as [number, number]
    const found = zscale(imageOf(each), each.size[0]!)!
    const tolerance = SHARE * Math.max(high - low, 1)
    expect(Math.abs(found.low - low)).toBeLessThan(tolerance)
    expect(Math.abs(found.high - high)).toBeLessThan(tolerance)
  })

  it('of nothing but pixels without a value is unknown, and then the whole range is shown', () => {
    expect(zscale(Float32Array.from([NaN, Infinity]), 2)).toBeNull()
    const header = { widthPx: 2, heightPx: 1, bands: 1, bandNames: null, fullRange: null, noValue: 'NaN' as const }
    const { limits } = planesOfValues(header, [Float32Array.from([3, 3])]).planes[0]!
    expect(limits.zscale).toEqual({ low: 3, high: 3 })
  })
})

describe('the middle 99.5 %', () => {
  it.each(reference.cases.filter(({ scale, size }) => scale > 0 && size[0]! * size[1]! > 4_000))('of $name is that of astropy', (each) => {
    const [low, high] = each.central as [number, number]
    const [widthPx, heightPx] = each.size as [number, number]
    const header = { widthPx, heightPx, bands: 1, bandNames: null, fullRange: null, noValue: 'NaN' as const }
    const { central } = planesOfValues(header, [imageOf(each)]).planes[0]!.limits
    expect(Math.abs(central.low - low)).toBeLessThan(BETWEEN_PIXELS * (high - low))
    expect(Math.abs(central.high - high)).toBeLessThan(BETWEEN_PIXELS * (high - low))
  })
})
