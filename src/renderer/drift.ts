import type { Quality } from '@shared/contract/quality'
import { formatPercent } from './format'

type Drift = Quality['drift']

/** The galaxies of each part of a session: `1–20`, `21–40`. */
export function driftLabels(drift: Drift): string[] {
  let before = 0
  return drift.map(({ galaxies }) => {
    const label = `${before + 1}–${before + galaxies}`
    before += galaxies
    return label
  })
}

/** In words what the charts show: from the first part of the session to the last. */
export function driftSummary(drift: Drift): string {
  const timed = drift.flatMap(({ medianSeconds }) => medianSeconds ?? [])
  const agreed = drift.flatMap(({ agreement }) => agreement ?? [])
  const from = (values: readonly number[], shown: (value: number) => string) =>
    values.length < 2 ? values.map(shown).join('') : `${shown(values[0]!)} at first, ${shown(values.at(-1)!)} at the end`
  const speed = timed.length === 0 ? 'no times are known' : from(timed, (value) => `${value.toFixed(1)} s per galaxy`)
  const agreement = agreed.length === 0 ? 'no galaxy came back' : from(agreed, (value) => `${formatPercent(value)} answered as before`)
  return `Over the latest session: ${speed}; ${agreement}.`
}
