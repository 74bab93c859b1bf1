import { mean } from '@shared/science/stats/numbers'
import { groupBy } from '@main/catalogue/group-by'
import type { Row } from './scenarios'

const measures = [
  { key: 'rmse', title: 'RMSE of fractions', digits: 4 },
  { key: 'wrong', title: 'wrong leading answer, %', digits: 1, factor: 100 },
  { key: 'loss', title: 'loss of new votes, nats', digits: 2 },
  { key: 'parity', title: "single votes worth a galaxy's volunteers", digits: 1 },
] as const

/**
 * A Markdown table for each scenario: the mean over repeats for each weight and, behind it, its difference from weight 1 in the same repeats with
 * the standard error of that difference, so that the luck of a repeat's galaxies drops out.
 */
export function tables(rows: readonly Row[]): string {
  return [...groupBy(rows, ({ scenario }) => scenario)].map(([scenario, ofScenario]) => table(scenario, ofScenario)).join('\n')
}

function table(scenario: string, rows: readonly Row[]): string {
  const byWeight = groupBy(rows, ({ weight }) => weight)
  const reference = byWeight.get(1)!
  const lines = [...byWeight].map(([weight, ofWeight]) => {
    const cells = measures.map((measure) => {
      const factor = 'factor' in measure ? measure.factor : 1
      const values = ofWeight.map((row) => factor * row[measure.key])
      const differences = values.map((value, i) => value - factor * reference[i]![measure.key])
      const show = (value: number) => value.toFixed(measure.digits)
      const change =
        weight === 1
          ? ''
          : ` (${differences.length > 0 && mean(differences) >= 0 ? '+' : ''}${show(mean(differences))} ± ${show(standardError(differences))})`
      return `${show(mean(values))}${change}`
    })
    return `| ${[weight === 0 ? 'no expert' : weight, ...cells].join(' | ')} |`
  })
  const head = ['weight', ...measures.map(({ title }) => title)]
  return `**${scenario}**\n\n| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}\n${lines.join('\n')}\n`
}

function standardError(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1) / values.length)
}
