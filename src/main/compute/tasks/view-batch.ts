import type { ModelCard } from '@shared/contract/records'
import { createRandom } from '@shared/science/stats/random'
import { centredTransform, drawTransform, sampleView, storedSidePx, type AugmentationStyle } from '../training/augment'
import type { Decoded } from './decode'

/** How the views of a survey are drawn: V views from a seed and the galaxy's id, so that they can be made again; one view is the centred one. */
export type ViewPlan = { views: number; seed: number }

/** The augmentation that a network was published with. */
export function augmentationOf(network: ModelCard['network']): AugmentationStyle {
  return network === 'efficientnet-b0' ? 'w21' : 'w20'
}

/** `draw` makes the views [B, V, size, size] of stored images of `storedPx` a side. */
export type ViewDrawer = { storedPx: number; draw: (galaxies: readonly Pick<Decoded, 'id' | 'image'>[]) => Float32Array }

/** The views that a network predicts from. Those of a galaxy depend on the seed and its id alone. */
export function viewDrawer(network: ModelCard['network'], sizePx: number, { views, seed }: ViewPlan): ViewDrawer {
  const style = augmentationOf(network)
  const storedPx = storedSidePx(style, sizePx)
  const viewLength = sizePx * sizePx
  return {
    storedPx,
    draw(galaxies) {
      const out = new Float32Array(galaxies.length * views * viewLength)
      galaxies.forEach(({ id, image }, i) => {
        const random = createRandom(seed, 'view', id)
        for (let view = 0; view < views; view++) {
          const transform = views === 1 ? centredTransform(style, storedPx, sizePx) : drawTransform(style, storedPx, sizePx, random)
          sampleView(image, storedPx, sizePx, transform, out, (i * views + view) * viewLength)
        }
      })
      return out
    },
  }
}
