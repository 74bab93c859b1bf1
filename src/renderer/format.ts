/** How values are written on screen. An unknown value is the word `unknown`, never a zero or an empty place. */
const counts = new Intl.NumberFormat('en')

export const formatCount = (value: number): string => counts.format(value)
export const formatNats = (value: number): string => `${value.toFixed(3)} nats`
export const formatError = (rmse: number | null): string => (rmse === null ? '–' : rmse.toFixed(3))

/** A share in percent. What is neither nothing nor all is not written as that, but as less or more than the nearest that it may be. */
export function formatPercent(share: number, decimals = 1): string {
  const percent = (100 * share).toFixed(decimals)
  const step = 10 ** -decimals
  if (Number(percent) === 0 && share > 0) return `< ${step} %`
  if (Number(percent) === 100 && share < 1) return `> ${(100 - step).toFixed(decimals)} %`
  return `${percent} %`
}

/** 0.04 arcsec. */
const DEGREE_DECIMALS = 5

/** A right ascension or another longitude in degrees, without its unit; in 0 to 360, so that rounded up to the whole circle is zero. */
export function longitudeText(deg: number, decimals: number): string {
  const turned = ((Number(deg.toFixed(decimals)) % 360) + 360) % 360
  return turned.toFixed(decimals)
}

/** A declination or another angle in degrees, without its unit; rounded to zero it has no sign. */
export const angleText = (deg: number, decimals: number): string => Number(deg.toFixed(decimals)).toFixed(decimals)

/** The same with its sign, `+` for zero. */
export function signedAngleText(deg: number, decimals: number): string {
  const text = angleText(deg, decimals)
  return text.startsWith('-') ? text : `+${text}`
}

/** An angle that is no longitude, such as a declination. */
export const formatDegrees = (deg: number | null): string => (deg === null ? 'unknown' : `${angleText(deg, DEGREE_DECIMALS)}°`)
export const formatRaDegrees = (raDeg: number | null): string => (raDeg === null ? 'unknown' : `${longitudeText(raDeg, DEGREE_DECIMALS)}°`)
export const formatPixelScale = (arcsec: number | null): string => (arcsec === null ? 'unknown' : `${Number(arcsec.toFixed(3))}″/pixel`)

/** A time still to go, in the two largest units; empty while unknown. */
export function formatSecondsLeft(seconds: number | null): string {
  if (seconds === null) return ''
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s left`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s left`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min left`
}

/** A local date and time of an ISO time in UTC. */
export const formatTime = (iso: string): string => new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** The name of a question or answer in words: `featured-or-disk` is `featured or disk`. */
export const inWords = (name: string): string => name.replace(/^cant-/, "can't-").replaceAll('-', ' ')

/** `one galaxy`, `2 galaxies`. */
export const galaxiesInWords = (count: number): string => (count === 1 ? '1 galaxy' : `${formatCount(count)} galaxies`)
