import { formatTable } from '@main/cli/output'
import { machineLine, type Machine } from './machine'
import type { Row } from './run'

const HEADER = [
  'bench',
  'median',
  '95 %',
  'longest',
  'n',
  'spread',
  'peer',
  'peer median',
  'ratio',
  'processor time',
  'memory',
  'peer memory',
] as const

/** The table for people, with what there is to say of its rows below it. */
export function textReport(machine: Machine, rows: readonly Row[]): string[] {
  const table = formatTable([HEADER, ...rows.map((row) => [titleOf(row), ...cellsOf(row)])])
  const notes = rows.flatMap((row) => sentencesOf(row).map((sentence) => `${titleOf(row)}: ${sentence}`))
  const reports = rows.flatMap(({ report }) => (report === '' ? [] : ['', ...report.trimEnd().split('\n')]))
  return [machineLine(machine), ...(machine.warning === null ? [] : [machine.warning]), '', ...table, '', ...notes, ...reports]
}

/** The same for docs/performance.md. */
export function markdownReport(machine: Machine, rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const notes = rows.flatMap((row) => sentencesOf(row).map((sentence) => `- ${titleOf(row)}: ${sentence}`))
  return [
    machineLine(machine),
    ...(machine.warning === null ? [] : ['', `**${machine.warning}**`]),
    '',
    line(HEADER),
    `|---|${HEADER.slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...rows.map((row) => line([titleOf(row), ...cellsOf(row)])),
    '',
    ...notes,
    ...rows.flatMap(({ report }) => (report === '' ? [] : ['', report.trimEnd()])),
  ]
}

/** `head (wasm)`: the same bench may have run on several engines. */
const titleOf = ({ name, engine }: Row) => (engine === null ? name : `${name} (${engine})`)

function cellsOf({ unit, medianMs, p95Ms, maxMs, repeats, spread, peer, ratioToPeer, cpuRatioToPeer, peakMemoryMb }: Row): string[] {
  const ratio = (value: number | null) => (value === null ? '–' : value.toFixed(2))
  return [
    `${formatMs(medianMs)} / ${unit}`,
    formatMs(p95Ms),
    formatMs(maxMs),
    String(repeats),
    `${Math.round(100 * spread)} %`,
    peer?.name ?? '–',
    peer ? formatMs(peer.medianMs) : '–',
    ratio(ratioToPeer),
    ratio(cpuRatioToPeer),
    formatMemory(peakMemoryMb),
    formatMemory(peer?.peakMemoryMb ?? null),
  ]
}

/** None of a further row: all there is to say of it is said of the first. */
function sentencesOf({ program, repeats, peer, noPeer, difference, notes }: Row): string[] {
  if (peer === null && noPeer === null && notes.length === 0) return []
  return [
    `${program}, ${repeats} repeats${peer ? `; peer ${peer.program}, spread ${Math.round(100 * peer.spread)} %` : ''}`,
    ...(noPeer === null ? [] : [`no peer: ${noPeer}`]),
    ...(difference === null ? [] : [`both sides compute the same to ${difference.toPrecision(2)}`]),
    ...notes,
  ]
}

/** `14.3 ms`, `2.41 s`: three digits. */
export function formatMs(ms: number): string {
  const [value, unit] = ms < 1000 ? [ms, 'ms'] : [ms / 1000, 's']
  return `${Number(value.toPrecision(3))} ${unit}`
}

const formatMemory = (megabytes: number | null) => (megabytes === null ? '–' : `${Math.round(megabytes)} MiB`)
