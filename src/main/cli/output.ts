import type { JobProgress } from '@shared/contract/job'

/** Where a command writes. With `json` standard output holds one JSON document and nothing else; progress always goes to standard error. */
export type Output = {
  json: boolean
  /** The result: `document` with --json, else the lines. */
  result: (document: unknown, lines: string[]) => void
  progress: (progress: JobProgress) => void
}

export function createOutput(json: boolean): Output {
  let lastMs = 0
  return {
    json,
    result(document, lines) {
      process.stdout.write(json ? `${JSON.stringify(document, null, 1)}\n` : lines.map((line) => `${line}\n`).join(''))
    },
    progress({ phase, done, total, secondsLeft, lossPoint }) {
      const isLast = done === total
      if (!isLast && !lossPoint && performance.now() - lastMs < 1000) return
      lastMs = performance.now()
      const left = secondsLeft === null || isLast ? '' : `, ${formatSeconds(secondsLeft)} left`
      const loss = lossPoint
        ? `  loss ${lossPoint.trainLoss.toFixed(4)}${lossPoint.validationLoss === null ? '' : `, validation ${lossPoint.validationLoss.toFixed(4)}`}`
        : ''
      process.stderr.write(`${phase} ${done}/${total}${left}${loss}\n`)
    },
  }
}

/** `75` as `1 min 15 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 90 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Rows as aligned columns, the first row being the header. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), [])
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
}
