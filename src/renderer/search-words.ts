import type { ColumnInfo, SearchRow } from '@shared/contract/search'
import { formatDegrees } from './format'

export const statesInWords = ({ states }: SearchRow): string => states.join(', ')

const DIGITS = 6

/** A value of a column as a table shows it; fractions and scores to three decimals. */
export function valueInWords(value: number | string | null | undefined, column: ColumnInfo | undefined): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value
  if (column?.name === 'ra' || column?.name === 'dec') return formatDegrees(value)
  if (column?.group === 'fraction' || column?.group === 'prediction' || column?.group === 'score') return value.toFixed(3)
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(DIGITS)))
}
