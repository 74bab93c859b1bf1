import { decodeBatches } from '@main/compute/tasks/decode'
import { readImageList } from '../image-files'
import type { SideSettings } from '../protocol'
import type { Prepared } from './index'

const IMAGES_AT_ONCE = 32
const CHECKED = 8
/** Two ways to shrink an image differ from pixel to pixel: what is compared are means of squares of so many. */
const CELLS = 10

/** Files to grey images through the product's own pipeline. */
export async function prepareImages({ folder, sizePx }: SideSettings): Promise<Prepared> {
  const galaxies = (await readImageList(folder)).map((path, i) => ({ galaxyKey: i + 1, id: String(i), path, checksum: '' }))
  const values: number[] = []
  for await (const batch of decodeBatches(galaxies.slice(0, CHECKED), sizePx, CHECKED)) {
    for (const { image } of batch) values.push(...cellMeans(image, sizePx))
  }
  return {
    about: { program: `sharp, ${IMAGES_AT_ONCE} at once`, unit: 'image', values },
    units: galaxies.length,
    round: async () => {
      let bytes = 0
      for await (const batch of decodeBatches(galaxies, sizePx, IMAGES_AT_ONCE)) for (const { image } of batch) bytes += image.length
      if (bytes !== galaxies.length * sizePx * sizePx) throw new Error(`${bytes} pixels of ${galaxies.length} images`)
      return undefined
    },
  }
}

/** The mean grey of 10 × 10 cells; what is left over at the right and the bottom is passed over. */
function cellMeans(image: Uint8Array, sizePx: number): number[] {
  const side = Math.floor(sizePx / CELLS)
  return Array.from({ length: CELLS * CELLS }, (_, cell) => {
    const [row, column] = [Math.floor(cell / CELLS) * side, (cell % CELLS) * side]
    let sum = 0
    for (let y = row; y < row + side; y++) for (let x = column; x < column + side; x++) sum += image[y * sizePx + x]!
    return sum / (side * side)
  })
}
