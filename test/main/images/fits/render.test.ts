import { describe, expect, it } from 'vitest'
import { percentiles, renderFits } from '@main/images/fits/render'
import reference from '../../../reference/fits-images.json' with { type: 'json' }

const { flux, decals, band, grey } = reference.pictures
const [g, r, z] = flux.map((values) => Float32Array.from(values)) as [Float32Array, Float32Array, Float32Array]
const grz = ['g', 'r', 'z']

/** Values next to a whole level may be cut off to either side. */
const CUT = 1

describe('a FITS image as a picture', () => {
  it('has the published colours for g, r and z, to one level', () => {
    const { pixels, channels } = renderFits({ bands: [g, r, z], bandNames: grz })
    expect(channels).toBe(3)
    expect(pixels).toHaveLength(decals.length)
    const differences = decals.map((level, i) => Math.abs(level - pixels[i]!))
    expect(Math.max(...differences)).toBeLessThanOrEqual(CUT)
    expect(differences.filter((difference) => difference > 0).length).toBeLessThan(decals.length / 50)
    expect(new Set(decals).size).toBeGreaterThan(50)
  })

  it('goes by the names of the bands, not by their order', () => {
    expect(renderFits({ bands: [z, g, r], bandNames: ['z', 'g', 'r'] })).toEqual(renderFits({ bands: [g, r, z], bandNames: grz }))
    expect(renderFits({ bands: [z, g, r], bandNames: null })).not.toEqual(renderFits({ bands: [g, r, z], bandNames: grz }))
  })

  it('of one band is grey between its percentiles', () => {
    const { pixels, channels } = renderFits({ bands: [Float32Array.from(band)], bandNames: ['i'] })
    expect(channels).toBe(1)
    expect(Math.max(...grey.map((level, i) => Math.abs(level - pixels[i]!)))).toBeLessThanOrEqual(CUT)
    expect([pixels.includes(0), pixels.includes(255)]).toEqual([true, true])
  })

  it('of one band does not depend on its unit', () => {
    const counts = Float32Array.from(band, (value) => value * 1_024)
    expect(renderFits({ bands: [counts], bandNames: null })).toEqual(renderFits({ bands: [Float32Array.from(band)], bandNames: null }))
  })

  it('of unnamed bands is blue where the first is bright and red where the last is', () => {
    const first = Float32Array.from({ length: 1_000 }, (_, i) => i)
    const last = first.toReversed()
    const { pixels } = renderFits({ bands: [first, last], bandNames: null })
    expect([...pixels.subarray(0, 3)]).toEqual([255, 127, 0])
    expect([...pixels.subarray(-3)]).toEqual([0, 127, 255])
  })

  it('is black where there is no value, and all black without any', () => {
    const holed = g.with(3, NaN)
    expect([...renderFits({ bands: [holed, r, z], bandNames: grz }).pixels.subarray(9, 12)]).toEqual([0, 0, 0])
    expect([...renderFits({ bands: [new Float32Array(4).fill(NaN)], bandNames: null }).pixels]).toEqual([0, 0, 0, 0])
    expect([...renderFits({ bands: [new Float32Array(4).fill(7)], bandNames: null }).pixels]).toEqual([0, 0, 0, 0])
  })
})

describe('percentiles', () => {
  it('are values of that rank, those without a value left out', () => {
    expect(percentiles(Float32Array.from([5, NaN, 1, 3, 2, 4, NaN]), 0.25, 1)).toEqual({ low: 2, high: 5 })
    expect(percentiles(Float32Array.from([NaN]), 0, 1)).toBeNull()
  })
})
