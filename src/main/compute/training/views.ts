import { sampleView, type ViewTransform } from './augment'
import type { TrainingData } from './training-data'

/** Views [B, sizePx, sizePx] of the images of these rows. */
export function viewsOf(
  data: TrainingData,
  sizePx: number,
  indices: readonly number[],
  transformOf: (index: number, row: number) => ViewTransform,
): Float32Array {
  const images_BHW = new Float32Array(indices.length * sizePx * sizePx)
  indices.forEach((index, row) =>
    sampleView(data.image(index), data.storedSizePx, sizePx, transformOf(index, row), images_BHW, row * sizePx * sizePx),
  )
  return images_BHW
}
