import type { Cone } from './filter-tree'
import { FALSE, TRUE, UNKNOWN, type Truth } from './truth'

const RADIANS = Math.PI / 180
const DEGREES = { arcsec: 1 / 3600, arcmin: 1 / 60, deg: 1 } as const

/** The radius of a cone in degrees. */
export function radiusDeg({ radius, unit }: Pick<Cone, 'radius' | 'unit'>): number {
  return radius * DEGREES[unit]
}

/** Positions [N] as unit vectors; NaN where RA or Dec is unknown. */
export type Directions = { readonly x: Float64Array; readonly y: Float64Array; readonly z: Float64Array }

export function directions(raDeg: Float64Array, decDeg: Float64Array): Directions {
  const [x, y, z] = [new Float64Array(raDeg.length), new Float64Array(raDeg.length), new Float64Array(raDeg.length)]
  for (let i = 0; i < raDeg.length; i++) {
    const ra = raDeg[i]! * RADIANS
    const dec = decDeg[i]! * RADIANS
    const toAxis = Math.cos(dec)
    x[i] = toAxis * Math.cos(ra)
    y[i] = toAxis * Math.sin(ra)
    z[i] = Number.isNaN(ra) ? NaN : Math.sin(dec)
  }
  return { x, y, z }
}

/**
 * Which positions lie within the radius, the edge included; unknown where the position is. The square of the chord between two unit vectors is
 * 4 haversine(angle): exact for arcseconds, where an arc cosine is not, right at the poles and over RA 0, and without a sine for each galaxy.
 */
export function insideCone({ x, y, z }: Directions, cone: Cone): Truth {
  const truth = new Uint8Array(x.length)
  const centre = directions(Float64Array.of(cone.raDeg), Float64Array.of(cone.decDeg))
  const [cx, cy, cz] = [centre.x[0]!, centre.y[0]!, centre.z[0]!]
  const most = 4 * Math.sin((Math.min(180, radiusDeg(cone)) * RADIANS) / 2) ** 2
  for (let i = 0; i < truth.length; i++) {
    const dz = z[i]! - cz
    // Most galaxies are too far north or south; FALSE is what is there.
    if (dz * dz > most) continue
    const dx = x[i]! - cx
    const dy = y[i]! - cy
    const chordSquared = dx * dx + dy * dy + dz * dz
    truth[i] = chordSquared <= most ? TRUE : chordSquared > most ? FALSE : UNKNOWN
  }
  return truth
}
