import { quantile } from '../stats/quantile'
import type { Random } from '../stats/random'

/** Agreement beyond chance: 1 is perfect, 0 what chance would give; with its 95 % interval. Null where everybody always says the same. */
export type Kappa = { kappa: number | null; low: number | null; high: number | null; agreement: number; n: number }

const Z_95 = 1.959963984540054
/** Below this many galaxies no interval is given: the asymptotic one, and a bootstrap, are too narrow there; two that agree would give 1 to 1. */
const LEAST_FOR_INTERVAL = 20
const UNKNOWN = { kappa: null, low: null, high: null }

/**
 * Cohen's kappa of two annotators (or of one annotator twice): (po - pe) / (1 - pe), po the share of galaxies on which they agree and pe what
 * their own frequencies would give by chance. `table_KK`[i][j]: galaxies that the first called i and the second j.
 * The interval is normal with the asymptotic variance. Sources: Cohen 1960; Fleiss, Cohen & Everitt 1969 (Psychological Bulletin 72, 323).
 */
export function cohenKappa(table_KK: readonly (readonly number[])[]): Kappa {
  const n = table_KK.flat().reduce((sum, count) => sum + count, 0)
  const classes = table_KK.map((_, i) => i)
  const p = (i: number, j: number) => table_KK[i]![j]! / n
  const first_K = classes.map((i) => classes.reduce((sum, j) => sum + p(i, j), 0))
  const second_K = classes.map((j) => classes.reduce((sum, i) => sum + p(i, j), 0))
  const agreement = n === 0 ? 0 : classes.reduce((sum, i) => sum + p(i, i), 0)
  const chance = classes.reduce((sum, i) => sum + first_K[i]! * second_K[i]!, 0)
  if (n === 0 || 1 - chance < 1e-12) return { ...UNKNOWN, agreement, n }
  const kappa = (agreement - chance) / (1 - chance)
  if (n < LEAST_FOR_INTERVAL) return { ...UNKNOWN, kappa, agreement, n }
  const onDiagonal = classes.reduce((sum, i) => sum + p(i, i) * (1 - chance - (first_K[i]! + second_K[i]!) * (1 - agreement)) ** 2, 0)
  const offDiagonal = classes.reduce(
    (sum, i) => sum + classes.reduce((part, j) => part + (i === j ? 0 : p(i, j) * (second_K[i]! + first_K[j]!) ** 2), 0),
    0,
  )
  const variance =
    (onDiagonal + (1 - agreement) ** 2 * offDiagonal - (agreement * chance - 2 * chance + agreement) ** 2) / (n * (1 - chance) ** 4)
  const half = Z_95 * Math.sqrt(Math.max(0, variance))
  return { kappa, low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half), agreement, n }
}

/**
 * Fleiss' kappa of any number of annotators, not all of whom need to have seen each galaxy. `counts_NK`[galaxy][answer]: how many gave it; only
 * galaxies with two annotators or more count. The mean over galaxies of the share of pairs that agree, against the chance from the frequencies
 * of all answers. With the same number of annotators everywhere this is Fleiss 1971 (Psychological Bulletin 76, 378). The interval is the
 * percentile one of a bootstrap over galaxies.
 */
export function fleissKappa(counts_NK: readonly (readonly number[])[], random: Random, repeats = 1000): Kappa {
  const rows = counts_NK.map(pairsOf).filter(({ raters }) => raters >= 2)
  const n = rows.length
  const { kappa, agreement } = pooled(rows)
  if (kappa === null || n < LEAST_FOR_INTERVAL) return { ...UNKNOWN, kappa, agreement, n }
  const resampled: number[] = []
  for (let r = 0; r < repeats; r++) {
    const again = pooled(Array.from({ length: n }, () => rows[random.integer(n)]!)).kappa
    if (again !== null) resampled.push(again)
  }
  resampled.sort((a, b) => a - b)
  return { kappa, low: quantile(resampled, 0.025), high: quantile(resampled, 0.975), agreement, n }
}

type Row = { counts_K: readonly number[]; raters: number; agreement: number }

/** The share of pairs of annotators that agree about one galaxy. */
function pairsOf(counts_K: readonly number[]): Row {
  const raters = counts_K.reduce((sum, count) => sum + count, 0)
  const pairs = counts_K.reduce((sum, count) => sum + count * (count - 1), 0)
  return { counts_K, raters, agreement: raters < 2 ? 0 : pairs / (raters * (raters - 1)) }
}

function pooled(rows: readonly Row[]): { kappa: number | null; agreement: number } {
  if (rows.length === 0) return { kappa: null, agreement: 0 }
  const agreement = rows.reduce((sum, row) => sum + row.agreement, 0) / rows.length
  const total = rows.reduce((sum, row) => sum + row.raters, 0)
  const chance = rows[0]!.counts_K.reduce((sum, _, k) => sum + (rows.reduce((part, row) => part + row.counts_K[k]!, 0) / total) ** 2, 0)
  return { kappa: 1 - chance < 1e-12 ? null : (agreement - chance) / (1 - chance), agreement }
}
