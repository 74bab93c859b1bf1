import { describe, expect, test } from 'vitest'
import { asSeen, closestPair, colourDistance, visions } from '@renderer/colour-vision'

const channels = (colour: string) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))

describe('colours as they are seen', () => {
  test.each(visions)('black, white and greys stay what they are for %s vision', (vision) => {
    for (const grey of ['#000000', '#808080', '#ffffff'])
      for (const [i, value] of channels(asSeen(grey, vision)).entries()) expect(Math.abs(value - channels(grey)[i]!)).toBeLessThanOrEqual(1)
  })
  test('red and green come together without the cones for red or green, and stay apart without those for blue', () => {
    const [red, green] = ['#c00000', '#408000']
    const apart = (vision: (typeof visions)[number]) => colourDistance(asSeen(red, vision), asSeen(green, vision))
    expect(apart('deutan')).toBeLessThan(apart('usual') / 3)
    expect(apart('tritan')).toBeGreaterThan(apart('usual') / 2)
  })
  test('the closest two of a palette decide', () => {
    const [a, b, c] = ['#000000', '#ffffff', '#fefefe']
    expect(closestPair([a, b, c], 'usual')).toBe(colourDistance(b, c))
  })
})

describe('the distance of two colours', () => {
  test('is 100 from black to white and 0 to itself', () => {
    expect(colourDistance('#000000', '#ffffff')).toBeCloseTo(100, 3)
    expect(colourDistance('#56b4e9', '#56b4e9')).toBe(0)
  })
  test('agrees with the published L*a*b* of the primaries', () => {
    // sRGB red is (53.24, 80.09, 67.20), green (87.73, -86.18, 83.18), blue (32.30, 79.19, -107.86) over D65.
    expect(colourDistance('#ff0000', '#00ff00')).toBeCloseTo(Math.hypot(53.24 - 87.73, 80.09 + 86.18, 67.2 - 83.18), 0)
    expect(colourDistance('#ff0000', '#0000ff')).toBeCloseTo(Math.hypot(53.24 - 32.3, 80.09 - 79.19, 67.2 + 107.86), 0)
  })
})
