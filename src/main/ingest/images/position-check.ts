import { separationDeg, type Position } from '@shared/science/sky/separation'
import type { GalaxyInput } from '../read-row'
import type { ImageFile } from './read-image'

/**
 * Decides where a galaxy is: where the table says, else in the middle of its FITS image, else unknown. `notes` tells of those taken from images, and of
 * galaxies whose given position lies outside of their image: that is most often the image of another galaxy.
 */
export type PositionCheck = {
  readonly positionOf: (galaxy: GalaxyInput, image: ImageFile | null) => Position | { readonly raDeg: null; readonly decDeg: null }
  readonly notes: () => string[]
}

export function createPositionCheck(): PositionCheck {
  let own = 0
  let outside = 0
  let first = ''
  return {
    positionOf({ id, row, raDeg, decDeg }, image) {
      const middle = image?.footprint ?? null
      if (raDeg === null || decDeg === null) {
        if (middle === null) return { raDeg: null, decDeg: null }
        own++
        return { raDeg: middle.raDeg, decDeg: middle.decDeg }
      }
      const given = { raDeg, decDeg }
      const apartDeg = middle === null ? 0 : separationDeg(given, middle)
      if (middle !== null && apartDeg > middle.radiusDeg && outside++ === 0) {
        const where = row === null ? '' : ` (row ${row})`
        first = `galaxy ${id}${where} is ${angle(apartDeg)} from the middle of ${image!.path}`
      }
      return given
    },
    notes() {
      const notes: string[] = []
      if (own > 0) notes.push(`Position taken from the header, as the middle of the image: FITS images ${own.toLocaleString('en-GB')}.`)
      if (outside > 0)
        notes.push(
          `Positions outside of the galaxy's own FITS image: ${outside.toLocaleString('en-GB')}; the first: ${first}. The given positions were kept: check that the images are those of these galaxies.`,
        )
      return notes
    },
  }
}

const angle = (deg: number) =>
  deg >= 1 ? `${deg.toFixed(2)}°` : deg >= 1 / 60 ? `${(60 * deg).toFixed(2)} arcmin` : `${(3_600 * deg).toFixed(1)} arcsec`
