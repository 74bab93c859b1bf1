import { formatDec, formatRa } from '@shared/science/sky/sexagesimal'
import { angleText, longitudeText, signedAngleText } from './format'

/** A page of another service about this place on the sky. */
export type SkyLink = { name: string; url: string }

/** Arcsec around the position in which the catalogues look for objects. */
const SEARCH_ARCSEC = 15

/** The pages that astronomers look a galaxy up in, for a position in degrees. The Legacy Survey viewer shows the same scale as the image, if known. */
export function skyLinks(raDeg: number, decDeg: number, pixelScaleArcsec: number | null): SkyLink[] {
  const ra = longitudeText(raDeg, 6)
  const dec = angleText(decDeg, 6)
  const signed = signedAngleText(decDeg, 6)
  const link = (name: string, base: string, values: Record<string, string>) => ({ name, url: `${base}?${new URLSearchParams(values)}` })
  return [
    link('Legacy Survey', 'https://www.legacysurvey.org/viewer', { ra, dec, layer: 'ls-dr10', zoom: zoomOf(pixelScaleArcsec) }),
    link('SDSS', 'https://skyserver.sdss.org/dr18/VisualTools/navi', { ra, dec, scale: String(pixelScaleArcsec ?? 0.2) }),
    link('SIMBAD', 'https://simbad.u-strasbg.fr/simbad/sim-coo', {
      Coord: `${ra}d ${signed}d`,
      Radius: String(SEARCH_ARCSEC),
      'Radius.unit': 'arcsec',
    }),
    link('NED', 'https://ned.ipac.caltech.edu/conesearch', {
      search_type: 'Near Position Search',
      coordinates: `${formatRa(raDeg)} ${formatDec(decDeg)}`,
      radius: String(SEARCH_ARCSEC / 60),
      in_csys: 'Equatorial',
      in_equinox: 'J2000.0',
    }),
    link('Aladin', 'https://aladin.cds.unistra.fr/AladinLite/', { target: `${ra} ${signed}`, fov: '0.05', survey: 'P/DSS2/color' }),
  ]
}

/** The viewer's pixels are 0.262 arcsec wide at zoom 14, and half as wide a level further in. */
function zoomOf(pixelScaleArcsec: number | null): string {
  if (pixelScaleArcsec === null) return '14'
  return String(Math.min(16, Math.max(5, Math.round(14 + Math.log2(0.262 / pixelScaleArcsec)))))
}
