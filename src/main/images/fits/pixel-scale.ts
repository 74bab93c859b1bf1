import type { FitsHeader } from './header'

const CELESTIAL = /^(RA|DEC|GLON|GLAT|ELON|ELAT|SLON|SLAT)(-|$)/
const ARCSEC_PER = new Map([
  ['', 3_600],
  ['deg', 3_600],
  ['degree', 3_600],
  ['arcmin', 60],
  ['arcsec', 1],
])

/** How many arcsec the unit of the first two axes is; null where they are no sky coordinates, or their units are unknown or two. */
export function celestialUnitArcsec(header: FitsHeader): number | null {
  const [first, second] = [1, 2].map((axis) => {
    const type = header.get(`CTYPE${axis}`)
    const unit = header.get(`CUNIT${axis}`) ?? ''
    if (typeof type !== 'string' || !CELESTIAL.test(type) || typeof unit !== 'string') return null
    return ARCSEC_PER.get(unit.trim().toLowerCase()) ?? null
  })
  return typeof first === 'number' && first === second ? first : null
}

/**
 * The side of a pixel in arcsec by the header's world coordinates: the root of the determinant of CD, or of CDELT times PC. Null where the first two
 * axes are no sky coordinates, the unit is unknown or nothing is said. A keyword such as PIXSCALE is not read: its unit is anybody's.
 */
export function headerPixelScale(header: FitsHeader): number | null {
  const unitArcsec = celestialUnitArcsec(header)
  if (unitArcsec === null) return null
  const at = (keyword: string, otherwise: number) => {
    const value = header.get(keyword)
    return typeof value === 'number' ? value : otherwise
  }
  const matrix = (name: string, diagonal: number) =>
    at(`${name}1_1`, diagonal) * at(`${name}2_2`, diagonal) - at(`${name}1_2`, 0) * at(`${name}2_1`, 0)
  const hasCd = ['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2'].some((keyword) => header.has(keyword))
  const area = hasCd ? matrix('CD', 0) : at('CDELT1', 0) * at('CDELT2', 0) * matrix('PC', 1)
  const scaleArcsec = Math.sqrt(Math.abs(area)) * unitArcsec
  return Number.isFinite(scaleArcsec) && scaleArcsec > 0 ? scaleArcsec : null
}
