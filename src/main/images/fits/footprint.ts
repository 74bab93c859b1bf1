import type { Position } from '@shared/science/sky/separation'
import { separationDeg } from '@shared/science/sky/separation'
import { pixelToSky } from '@shared/science/sky/wcs'
import type { FitsLayout } from './read-fits'

/** Where an image lies on the sky: its middle (J2000, as ICRS or FK5 say it), and how far its corners are from there at most. */
export type Footprint = Position & { readonly radiusDeg: number }

/** Frames whose positions are those of catalogues to a tenth of an arcsecond; a header that names none means one of them. */
const FRAMES = ['', 'ICRS', 'FK5']

/** Null where the header does not tell, or tells it in another frame. */
export function footprintOf({ wcs, widthPx, heightPx }: FitsLayout): Footprint | null {
  if (wcs === null || wcs.axes !== 'equatorial' || !FRAMES.includes(wcs.frame)) return null
  const at = (x: number, y: number): Position | null => {
    const sky = pixelToSky(wcs, x, y)
    return sky && { raDeg: sky.longitudeDeg, decDeg: sky.latitudeDeg }
  }
  const middle = at((widthPx + 1) / 2, (heightPx + 1) / 2)
  if (middle === null || !Number.isFinite(middle.raDeg + middle.decDeg)) return null
  const corners = [at(0.5, 0.5), at(widthPx + 0.5, 0.5), at(0.5, heightPx + 0.5), at(widthPx + 0.5, heightPx + 0.5)]
  return { ...middle, radiusDeg: Math.max(...corners.map((corner) => (corner === null ? 180 : separationDeg(middle, corner)))) }
}
