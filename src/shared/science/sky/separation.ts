/** A place on the sky: right ascension and declination, in degrees. */
export type Position = { readonly raDeg: number; readonly decDeg: number }

const DEG = Math.PI / 180

/**
 * The angle between two places, in degrees, 0..180: the haversine formula (Sinnott 1984, Sky & Telescope 68, 159), which is exact for arcseconds, where
 * an arc cosine is not.
 */
export function separationDeg(a: Position, b: Position): number {
  const across = Math.sin(((a.raDeg - b.raDeg) * DEG) / 2) ** 2
  const along = Math.sin(((a.decDeg - b.decDeg) * DEG) / 2) ** 2
  const haversine = along + Math.cos(a.decDeg * DEG) * Math.cos(b.decDeg * DEG) * across
  return (2 * Math.asin(Math.sqrt(Math.min(1, haversine)))) / DEG
}
