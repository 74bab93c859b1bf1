import type { GalaxyInput } from '../read-row'
import type { ImageFile } from './read-image'

/** Two statements of one pixel scale may differ by this share, as rounded figures do. */
const TOLERANCE = 0.01

/**
 * Decides which pixel scale an image has, in arcsec: the one that the table or the command gave, else the one in the file, else null. Where both
 * are there and differ by more than 1 %, the given one stays, and `notes` tells of it.
 */
export type ScaleCheck = {
  readonly scaleOf: (galaxy: GalaxyInput, image: ImageFile) => number | null
  readonly notes: () => string[]
}

export function createScaleCheck(): ScaleCheck {
  let own = 0
  let different = 0
  let first = ''
  return {
    scaleOf({ id, row, pixelScaleArcsec: given }, { pixelScaleArcsec: written = null }) {
      if (written === null) return given
      if (given === null) {
        own++
        return written
      }
      if (Math.abs(given - written) > TOLERANCE * written && different++ === 0) {
        const where = row === null ? '' : ` (row ${row})`
        first = `galaxy ${id}${where} has ${shown(written)} arcsec per pixel in its header and was given ${shown(given)}`
      }
      return given
    },
    notes() {
      const notes: string[] = []
      if (own > 0) notes.push(`Pixel scale taken from the header of ${own.toLocaleString('en-GB')} FITS images.`)
      if (different > 0)
        notes.push(
          `The pixel scale of ${different.toLocaleString('en-GB')} FITS images differs by more than 1 % from the given one, which was kept; the first: ${first}. Correct the given scale, or leave it out.`,
        )
      return notes
    },
  }
}

const shown = (scaleArcsec: number) => String(Number(scaleArcsec.toPrecision(4)))
