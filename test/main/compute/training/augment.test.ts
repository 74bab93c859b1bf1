import { describe, expect, test } from 'vitest'
import { createRandom } from '@shared/science/stats/random'
import { centredTransform, drawTransform, sampleView, storedSidePx, type ViewTransform } from '@main/compute/training/augment'

const upright: ViewTransform = { scale: 1, angleRad: 0, isFlipped: false, shiftX: 0, shiftY: 0, contrast: 1, brightness: 0 }
const image = Uint8Array.from({ length: 25 }, (_, i) => 10 * i)
const view = (transform: Partial<ViewTransform>, sizePx = 5) => {
  const out = new Float32Array(sizePx * sizePx)
  sampleView(image, 5, sizePx, { ...upright, ...transform }, out)
  return Array.from(out, (value) => Math.round(value * 255 * 1e3) / 1e3)
}
const rows = (values: number[]) => [0, 1, 2, 3, 4].map((row) => values.slice(5 * row, 5 * row + 5))
const original = rows(Array.from(image))

describe('sampleView', () => {
  test('without transform it is the image, in 0..1', () => {
    expect(view({})).toEqual(Array.from(image))
  })

  test('a flip mirrors the rows', () => {
    expect(rows(view({ isFlipped: true }))).toEqual(original.map((row) => row.toReversed()))
  })

  test('a quarter turn is the transposed, mirrored image; a half turn reverses it', () => {
    const turned = rows(view({ angleRad: Math.PI / 2 }))
    expect(turned).toEqual(original.map((_, i) => original.map((row) => row[4 - i]!)))
    expect(view({ angleRad: Math.PI })).toEqual(Array.from(image).toReversed())
  })

  test('a smaller view of the same scale is the middle', () => {
    expect(view({}, 3)).toEqual(original.slice(1, 4).flatMap((row) => row.slice(1, 4)))
  })

  test('halfway between pixels it is their mean', () => {
    expect(view({ shiftX: 0.5 }, 3).slice(0, 3)).toEqual([65, 75, 85])
  })

  test('beyond the border the image is mirrored', () => {
    expect(rows(view({ shiftX: 2 }))[0]).toEqual([20, 30, 40, 40, 30])
    expect(rows(view({ shiftX: -7 }))[0]).toEqual([30, 40, 40, 30, 20].map((_, i) => [20, 30, 40, 40, 30][4 - i]!))
  })

  test('contrast keeps the mean, brightness moves it', () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(view({ contrast: 1.02 }))).toBeCloseTo(120, 1)
    expect(mean(view({ contrast: 1.02, brightness: 0.05 }))).toBeCloseTo(120 + 0.05 * 255, 1)
    expect(view({ contrast: 1.02 })[0]).toBeCloseTo(120 - 120 * 1.02, 1)
  })
})

describe('drawTransform', () => {
  test('the same generator gives the same view', () => {
    expect(drawTransform('w20', 77, 64, createRandom(1, 'a'))).toEqual(drawTransform('w20', 77, 64, createRandom(1, 'a')))
    expect(drawTransform('w20', 77, 64, createRandom(1, 'a'))).not.toEqual(drawTransform('w20', 77, 64, createRandom(1, 'b')))
  })

  test('w21 is a crop of 224 of 300 at unit scale that never leaves the frame unrotated', () => {
    const random = createRandom(1)
    for (let i = 0; i < 1000; i++) {
      const { scale, shiftX, shiftY, contrast, brightness } = drawTransform('w21', storedSidePx('w21', 224), 224, random)
      expect(scale).toBeCloseTo(1, 12)
      expect(Math.max(Math.abs(shiftX), Math.abs(shiftY))).toBeLessThanOrEqual(38)
      expect([contrast, brightness]).toEqual([1, 0])
    }
  })

  test('w20 zooms by 1.1 to 1.3, inside the frame, with both flips and all angles', () => {
    const random = createRandom(2)
    const drawn = Array.from({ length: 2000 }, () => drawTransform('w20', 77, 64, random))
    for (const { scale, shiftX, contrast, brightness } of drawn) {
      expect(77 / (64 * scale)).toBeGreaterThanOrEqual(1.1)
      expect(77 / (64 * scale)).toBeLessThanOrEqual(1.3)
      expect(Math.abs(shiftX) + (64 * scale) / 2).toBeLessThanOrEqual(77 / 2 + 1e-9)
      expect(Math.abs(contrast - 1)).toBeLessThanOrEqual(0.02)
      expect(Math.abs(brightness)).toBeLessThanOrEqual(0.05)
    }
    const flipped = drawn.filter(({ isFlipped }) => isFlipped).length / drawn.length
    // Five standard deviations of a fair coin.
    expect(Math.abs(flipped - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(drawn.length))
    expect(new Set(drawn.map(({ angleRad }) => Math.floor((angleRad / Math.PI + 1) * 4))).size).toBe(8)
  })

  test('the centred view of a stored image is sampled at about one stored pixel per pixel', () => {
    expect(centredTransform('w20', storedSidePx('w20', 64), 64).scale).toBeCloseTo(1, 1)
    expect(centredTransform('w21', storedSidePx('w21', 64), 64).scale).toBeCloseTo(1, 1)
  })
})
