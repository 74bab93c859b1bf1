/** How values are written on screen. An unknown value is the word `unknown`, never a zero or an empty place. */
const counts = new Intl.NumberFormat('en')

export const formatCount = (value: number): string => counts.format(value)
export const formatNats = (value: number): string => `${value.toFixed(3)} nats`
export const formatPercent = (share: number): string => `${(100 * share).toFixed(1)} %`
export const formatError = (rmse: number | null): string => (rmse === null ? '–' : rmse.toFixed(3))

/** An angle in degrees to 5 decimals, 0.04 arcsec. */
export const formatDegrees = (deg: number | null): string => (deg === null ? 'unknown' : `${deg.toFixed(5)}°`)
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
