import { createRandom } from '@shared/science/stats/random'

/** How many images an export is checked on. */
export const REFERENCE_IMAGES = 3

/**
 * Images [3, size, size] on which exported and own features are compared, always the same: noise, a round galaxy, an inclined one with a
 * bar. Values 0..1.
 */
export function referenceImages(sizePx: number): Float32Array {
  const random = createRandom(2, 'reference images')
  const images = new Float32Array(REFERENCE_IMAGES * sizePx * sizePx)
  for (let image = 0; image < REFERENCE_IMAGES; image++) {
    for (let row = 0; row < sizePx; row++) {
      for (let column = 0; column < sizePx; column++) {
        const x = (2 * column) / sizePx - 1
        const y = (2 * row) / sizePx - 1
        const noise = random.next()
        const light = image === 0 ? noise : Math.exp(-6 * Math.hypot(x, image === 1 ? y : 2 * y + x)) + 0.05 * noise
        images[(image * sizePx + row) * sizePx + column] = Math.min(1, light)
      }
    }
  }
  return images
}

/**
 * How far features are from those that they should be: of each image the largest difference of a feature as a share of the image's largest
 * feature (both in absolute value), and of these the worst. Where all should be 0, the largest difference itself. Not finite where either is not.
 */
export function worstDifference(found_BF: Float32Array, expected_BF: Float32Array, images: number): number {
  const width = expected_BF.length / images
  if (found_BF.length !== expected_BF.length) return NaN
  let worst = 0
  for (let image = 0; image < images; image++) {
    let difference = 0
    let largest = 0
    for (let i = image * width; i < (image + 1) * width; i++) {
      // Math.max keeps what is not a number.
      difference = Math.max(difference, Math.abs(found_BF[i]! - expected_BF[i]!))
      largest = Math.max(largest, Math.abs(expected_BF[i]!))
    }
    worst = Math.max(worst, largest === 0 ? difference : difference / largest)
  }
  return worst
}
