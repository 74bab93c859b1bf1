/** Decimals of the last part: a thousandth of a second of time is 0.015 arcsec, and one decimal less in declination is as fine. */
const RA_DECIMALS = 3
const DEC_DECIMALS = 2

/** Right ascension in degrees as `13:22:04.800` (hours, minutes, seconds of time), rounded; always in 0 h to 24 h. */
export function formatRa(raDeg: number): string {
  const turns = ((raDeg % 360) + 360) % 360
  return parts(turns / 15, 24, RA_DECIMALS)
}

/** Declination in degrees as `-01:15:00.00` (degrees, minutes, seconds of arc), rounded, with its sign. */
export function formatDec(decDeg: number): string {
  return (decDeg < 0 || Object.is(decDeg, -0) ? '-' : '+') + parts(Math.abs(decDeg), null, DEC_DECIMALS)
}

/** Rounds before it splits, so that 59.9996 s becomes a minute and never `60.000`. */
function parts(value: number, wrapAt: number | null, decimals: number): string {
  const unit = 10 ** decimals
  const total = Math.round(value * 3600 * unit)
  const units = wrapAt === null ? total : total % (wrapAt * 3600 * unit)
  const seconds = units % (60 * unit)
  const minutes = Math.floor(units / (60 * unit))
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${(seconds / unit).toFixed(decimals).padStart(decimals + 3, '0')}`
}

const DEG_PER_HOUR = 15
/** 0.04 mas, less than any catalogue gives. */
const DECIMALS = 8

/**
 * A right ascension in degrees from hours, minutes and seconds (`12:34:56.7`, `12h34m56.7s`, `12 34 56.7`), or from degrees where they are named
 * (`188d44m10.5s`, `188°44′10.5″`); null where the text is none.
 */
export function parseRa(text: string): number | null {
  const read = parseBase60(text)
  if (read === null || read.value < 0) return null
  const isDegrees = read.unit === 'd'
  if (isDegrees ? read.value > 360 : read.value >= 24) return null
  return Number((isDegrees ? read.value : DEG_PER_HOUR * read.value).toFixed(DECIMALS))
}

/** A declination in degrees from degrees, minutes and seconds (`-1:23:45`, `+01d23m45s`, `-1°23′45″`); null where the text is none, as in hours. */
export function parseDec(text: string): number | null {
  const read = parseBase60(text)
  return read === null || read.unit === 'h' || Math.abs(read.value) > 90 ? null : Number(read.value.toFixed(DECIMALS))
}

/** `unit` is what the letter or sign after the first part names; null where a colon or a space stands there. */
function parseBase60(text: string): { value: number; unit: 'h' | 'd' | null } | null {
  const parts = /^([+\-−]?)\s*(\d+)\s*([h:d°\s])\s*(\d+)\s*[m:'′\s]\s*(\d+(?:\.\d*)?)\s*["s″]?$/i.exec(text.trim())
  if (!parts) return null
  const [whole, minutes, seconds] = [Number(parts[2]), Number(parts[4]), Number(parts[5])]
  if (minutes >= 60 || seconds >= 60) return null
  const value = whole + minutes / 60 + seconds / 3600
  const mark = parts[3]!.toLowerCase()
  return {
    // The sign counts for -0 degrees too.
    value: parts[1] === '-' || parts[1] === '−' ? -value : value,
    unit: mark === 'h' ? 'h' : mark === 'd' || mark === '°' ? 'd' : null,
  }
}
