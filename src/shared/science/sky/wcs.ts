/**
 * From the pixels of an image to the sky: the zenithal projections of FITS (Calabretta & Greisen 2002, A&A 395, 1077), with the polynomials of SIP
 * (Shupe et al. 2005, ADASS XIV). Agrees with astropy.wcs.
 */

export const projections = ['TAN', 'SIN', 'ARC', 'STG', 'ZEA'] as const
export type Projection = (typeof projections)[number]

/** One term of a polynomial: coefficient · u^p · v^q. */
export type Term = readonly [p: number, q: number, coefficient: number]

/**
 * Pixels count from 1 in the middle of the lowest left one, as in FITS. `degPerPx` [longitude by x, longitude by y, latitude by x, latitude by y].
 * `poleDeg`: LONPOLE. `axes`: right ascension and declination, or galactic longitude and latitude. `frame`: as the file names it, empty where it does not.
 */
export type Wcs = {
  readonly projection: Projection
  readonly referencePx: readonly [x: number, y: number]
  readonly referenceDeg: readonly [longitude: number, latitude: number]
  readonly degPerPx: readonly [number, number, number, number]
  readonly poleDeg: number
  readonly distortion: { readonly x: readonly Term[]; readonly y: readonly Term[] } | null
  readonly axes: 'equatorial' | 'galactic'
  readonly frame: string
}

export type SkyPoint = { readonly longitudeDeg: number; readonly latitudeDeg: number }

const DEG = Math.PI / 180

/** The sky at a pixel, longitude 0..360; null where the projection has no sky, far outside of an image. */
export function pixelToSky(wcs: Wcs, x: number, y: number): SkyPoint | null {
  const [u, v] = [x - wcs.referencePx[0], y - wcs.referencePx[1]]
  const du = u + polynomial(wcs.distortion?.x, u, v)
  const dv = v + polynomial(wcs.distortion?.y, u, v)
  const [a, b, c, d] = wcs.degPerPx
  const [xi, eta] = [(a * du + b * dv) * DEG, (c * du + d * dv) * DEG]
  const theta = nativeLatitude(wcs.projection, Math.hypot(xi, eta))
  if (Number.isNaN(theta)) return null
  // The longitude in the projection's own sphere, counted from the pole of the sky.
  const phi = Math.atan2(xi, -eta) - wcs.poleDeg * DEG
  const pole = wcs.referenceDeg[1] * DEG
  const [sinTheta, cosTheta, sinPole, cosPole] = [Math.sin(theta), Math.cos(theta), Math.sin(pole), Math.cos(pole)]
  const north = sinTheta * sinPole + cosTheta * cosPole * Math.cos(phi)
  const across = -cosTheta * Math.sin(phi)
  const along = sinTheta * cosPole - cosTheta * sinPole * Math.cos(phi)
  const longitudeDeg = wcs.referenceDeg[0] + Math.atan2(across, along) / DEG
  return { longitudeDeg: ((longitudeDeg % 360) + 360) % 360, latitudeDeg: Math.atan2(north, Math.hypot(across, along)) / DEG }
}

/** Theta of a distance from the middle of the projection, all in radians; NaN where there is none. */
function nativeLatitude(projection: Projection, radius: number): number {
  switch (projection) {
    case 'TAN':
      return Math.atan2(1, radius)
    case 'SIN':
      return Math.acos(radius)
    case 'ARC':
      return radius > Math.PI ? NaN : Math.PI / 2 - radius
    case 'STG':
      return Math.PI / 2 - 2 * Math.atan(radius / 2)
    case 'ZEA':
      return Math.PI / 2 - 2 * Math.asin(radius / 2)
  }
}

function polynomial(terms: readonly Term[] | undefined, u: number, v: number): number {
  return terms?.reduce((sum, [p, q, coefficient]) => sum + coefficient * u ** p * v ** q, 0) ?? 0
}

/** Which way north and east lie at a pixel, as directions of length 1 along x (right) and y (up); null at a pole and outside of the sky. */
export function northAndEast(wcs: Wcs, x: number, y: number): { north: readonly [number, number]; east: readonly [number, number] } | null {
  const [here, right, up] = [pixelToSky(wcs, x, y), pixelToSky(wcs, x + 1, y), pixelToSky(wcs, x, y + 1)]
  if (!here || !right || !up) return null
  const cosine = Math.cos(here.latitudeDeg * DEG)
  // Every way from a pole is the same.
  if (cosine < 1e-9) return null
  const east = (to: SkyPoint) => (((((to.longitudeDeg - here.longitudeDeg + 540) % 360) + 360) % 360) - 180) * cosine
  const [a, b, c, d] = [east(right), east(up), right.latitudeDeg - here.latitudeDeg, up.latitudeDeg - here.latitudeDeg]
  // The rows of the inverse: what a step of the sky is in pixels.
  const determinant = a * d - b * c
  if (!(Math.abs(determinant) > 0)) return null
  const unit = (dx: number, dy: number) => [dx / Math.hypot(dx, dy), dy / Math.hypot(dx, dy)] as const
  return { north: unit(-b / determinant, a / determinant), east: unit(d / determinant, -c / determinant) }
}
