import type { ColumnInfo, SearchRow } from '@shared/contract/search'
import { formatDegrees, formatRaDegrees } from './format'

export const statesInWords = ({ states }: SearchRow): string => states.join(', ')

const DIGITS = 6
/** The whole part is never rounded away: a Julian date has 7 digits before the point, and what counts stands behind it. */
const LEAST_DECIMALS = 3

/** A value of a column as a table shows it; fractions and scores to three decimals. */
export function valueInWords(value: number | string | null | undefined, column: ColumnInfo | undefined): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value
  if (column?.name === 'ra') return formatRaDegrees(value)
  if (column?.name === 'dec') return formatDegrees(value)
  if (column?.group === 'fraction' || column?.group === 'prediction' || column?.group === 'score') return value.toFixed(3)
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digitsOf(value))))
}

function digitsOf(value: number): number {
  const wholeDigits = String(Math.trunc(Math.abs(value))).length
  return Math.max(DIGITS, wholeDigits + LEAST_DECIMALS)
}
