import { MOST_VOTES } from '@main/catalogue/votes'
import { fault, type Fault } from './refusal'

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A plain decimal number; NaN for anything else, also for `NaN`, `inf`, hexadecimal and empty text. */
function toNumber(text: string): number {
  return numberPattern.test(text) ? Number(text) : NaN
}

/** A count of votes: `18` or `18.0`; blank is 0, as the question was not asked. */
export function readCount(text: string, column: string): number | Fault {
  const trimmed = text.trim()
  if (trimmed === '') return 0
  const count = toNumber(trimmed)
  if (Number.isNaN(count))
    return fault('bad-number', `"${trimmed}" in ${column} is not a number of votes. Write a whole number, or leave it blank.`)
  if (count < 0) return fault('negative-votes', `${column} is ${trimmed}: votes cannot be negative.`)
  if (!Number.isInteger(count))
    return fault('fractional-votes', `${column} is ${trimmed}: votes are whole counts. Import the counts, not fractions or weighted votes.`)
  if (count > MOST_VOTES) return fault('too-many-votes', `${column} is ${trimmed}: more than ${MOST_VOTES} votes cannot be kept.`)
  return count
}

/** A galaxy's id, as text and trimmed: an SDSS objid has 18 digits. An id that a spreadsheet has rounded is refused. */
export function readId(text: string, column: string): string | Fault {
  const id = text.trim()
  if (id === '') return fault('no-id', `The id (${column}) is empty. Give every row an id.`)
  const isRounded = /^\d(\.\d+)?e\+?\d+$/i.test(id) || /^\d{16,}\.0+$/.test(id)
  if (isRounded)
    return fault('rounded-id', `The id ${id} (${column}) was rounded by another program. Export the table again with the ids as text.`)
  return id
}

/** An angle in degrees within [`least`, `most`]; blank is null: unknown. */
export function readDegrees(text: string, column: string, least: number, most: number): number | null | Fault {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const degrees = toNumber(trimmed)
  if (degrees >= least && degrees <= most) return degrees
  if (/^[+-]?\d+\s*[:hd°\s]\s*\d+/i.test(trimmed))
    return fault('sexagesimal', `${column} is "${trimmed}", in sexagesimal form. Give it in decimal degrees.`)
  return fault('bad-position', `${column} is "${trimmed}"; it must be a number of degrees from ${least} to ${most}.`)
}

/** Arcsec per pixel, above 0; blank is null: unknown. */
export function readPixelScale(text: string, column: string): number | null | Fault {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const arcsec = toNumber(trimmed)
  if (arcsec > 0 && Number.isFinite(arcsec)) return arcsec
  return fault(
    'bad-pixel-scale',
    `${column} is "${trimmed}"; it must be a number of arcsec per pixel above 0, or blank where it is unknown.`,
  )
}
