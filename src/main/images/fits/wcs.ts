import { projections, type Projection, type Term, type Wcs } from '@shared/science/sky/wcs'
import { textValue, type FitsHeader } from './header'
import { celestialUnitArcsec } from './pixel-scale'

/**
 * The sky of an image by its header: CTYPE, CRPIX, CRVAL, and CD, or CDELT with PC or CROTA2; with SIP. Null where the first two axes are no sky
 * coordinates, where CRPIX or CRVAL is missing (the standard's 0 would be a place nobody meant), where a number is beyond the range of double precision, or their projection is another than TAN, SIN, ARC, STG and ZEA or has parameters (PV) of its own: a position that is wrong by arcseconds
 * is worse than none.
 */
export function headerWcs(header: FitsHeader): Wcs | null {
  const types = [1, 2].map((axis) => /^(RA|DEC|GLON|GLAT)-+([A-Z]{3})(-SIP)?$/.exec(textValue(header, `CTYPE${axis}`)?.trim() ?? ''))
  const [first, second] = types
  const unitArcsec = celestialUnitArcsec(header)
  if (!first || !second || unitArcsec === null || first[2] !== second[2]) return null
  const names = `${first[1]} ${second[1]}`
  const isSwapped = names === 'DEC RA' || names === 'GLAT GLON'
  if (!isSwapped && names !== 'RA DEC' && names !== 'GLON GLAT') return null
  if (['CRVAL1', 'CRVAL2', 'CRPIX1', 'CRPIX2'].some((keyword) => typeof header.get(keyword) !== 'number')) return null
  const projection = projections.find((known): known is Projection => known === first[2])
  if (projection === undefined || Array.from(header.keys()).some((keyword) => /^PV\d+_\d+$/.test(keyword))) return null
  const number = (keyword: string, otherwise: number) => {
    const value = header.get(keyword)
    return typeof value === 'number' ? value : otherwise
  }
  const perDeg = unitArcsec / 3_600
  const matrix = matrixOf(header, number).map((value) => value * perDeg) as [number, number, number, number]
  const reference = [number('CRVAL1', NaN) * perDeg, number('CRVAL2', NaN) * perDeg] as const
  const [longitude, latitude] = isSwapped ? [reference[1], reference[0]] : reference
  const degPerPx = isSwapped ? ([matrix[2], matrix[3], matrix[0], matrix[1]] as const) : matrix
  if (!(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) > 0)) return null
  const wcs: Wcs = {
    projection,
    referencePx: [number('CRPIX1', NaN), number('CRPIX2', NaN)],
    referenceDeg: [longitude, latitude],
    degPerPx,
    poleDeg: number('LONPOLE', latitude >= 90 ? 0 : 180),
    distortion: header.has('A_ORDER') && header.has('B_ORDER') ? { x: termsOf(header, 'A'), y: termsOf(header, 'B') } : null,
    axes: names.includes('RA') ? 'equatorial' : 'galactic',
    frame: names.includes('RA') ? frameOf(header) : '',
  }
  return numbersOf(wcs).every(Number.isFinite) ? wcs : null
}

function numbersOf({ referencePx, referenceDeg, degPerPx, poleDeg, distortion }: Wcs): number[] {
  const terms = distortion === null ? [] : [...distortion.x, ...distortion.y]
  return [...referencePx, ...referenceDeg, ...degPerPx, poleDeg, ...terms.flat()]
}

/** Degrees, or whatever CUNIT says, per pixel: [1_1, 1_2, 2_1, 2_2]. */
function matrixOf(header: FitsHeader, number: (keyword: string, otherwise: number) => number): number[] {
  const places = ['1_1', '1_2', '2_1', '2_2']
  if (places.some((place) => header.has(`CD${place}`))) return places.map((place) => number(`CD${place}`, 0))
  const [x, y] = [number('CDELT1', 0), number('CDELT2', 0)]
  if (header.has('CROTA2') && !places.some((place) => header.has(`PC${place}`))) {
    const angle = (number('CROTA2', 0) * Math.PI) / 180
    return [x * Math.cos(angle), -y * Math.sin(angle), x * Math.sin(angle), y * Math.cos(angle)]
  }
  return places.map((place) => number(`PC${place}`, place[0] === place[2] ? 1 : 0) * (place[0] === '1' ? x : y))
}

function termsOf(header: FitsHeader, name: 'A' | 'B'): Term[] {
  return Array.from(header).flatMap(([keyword, value]): Term[] => {
    const found = new RegExp(`^${name}_(\\d+)_(\\d+)$`).exec(keyword)
    return found && typeof value === 'number' ? [[Number(found[1]), Number(found[2]), value]] : []
  })
}

/** Of old files the equinox tells: 1950 is FK4. */
function frameOf(header: FitsHeader): string {
  const named = textValue(header, 'RADESYS') ?? textValue(header, 'RADECSYS')
  if (named !== null) return named.trim()
  const equinox = header.get('EQUINOX') ?? header.get('EPOCH')
  return typeof equinox !== 'number' ? '' : equinox < 1984 ? 'FK4' : 'FK5'
}
