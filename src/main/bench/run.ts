import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { builtEntry, packageRoot } from '@main/paths'
import type { Bench, BenchRow } from './benches'
import { writeImageList, type ImageOrigin } from './image-files'
import type { SideSettings } from './protocol'
import { startSide, type Side } from './side'
import { median, percentile95, relativeSpread } from './statistics'

/**
 * A line of the table. Times are milliseconds per `unit`, of `repeats` values: their median, what 95 % do not exceed, the longest; `spread` is the
 * interquartile range over the median; `ratioToPeer` is our median over the peer's, null with the reason in `noPeer`. `cpuMs` and `cpuRatioToPeer` are
 * the same of processor time, which a busy machine changes less; null where other processes took part. `difference`: how far the two sides' check
 * values lie apart.
 */
export type Row = {
  name: string
  engine: string | null
  unit: string
  program: string
  medianMs: number
  p95Ms: number
  maxMs: number
  spread: number
  repeats: number
  cpuMs: number | null
  peakMemoryMb: number | null
  ratioToPeer: number | null
  cpuRatioToPeer: number | null
  memoryRatioToPeer: number | null
  difference: number | null
  noPeer: string | null
  peer: { name: string; program: string; medianMs: number; spread: number; cpuMs: number | null; peakMemoryMb: number | null } | null
  notes: string[]
  report: string
}

/** `scratch` is a folder for what several benches use. `isVerbose` shows what the libraries print. */
export type RunContext = ImageOrigin & { python: string; withPeers: boolean; isVerbose: boolean }

/** The times of one side, milliseconds per unit. */
type Timed = { times: Map<string, number[]>; cpuMs: (number | null)[]; report: string }

/** Runs one bench on one engine. `settings.folder` is empty, and the bench's own. Errors: those of our side, and `bench/differs`. */
export async function runBench(bench: Bench, settings: SideSettings, context: RunContext): Promise<Row[]> {
  if (bench.imagePx !== undefined) await writeImageList(settings.folder, settings.galaxies, bench.imagePx, context)
  const rows: Row[] = []
  for (const row of bench.rows) rows.push(...(await runRow(row, bench.warmUps ?? 1, settings, context)))
  return rows
}

async function runRow(row: BenchRow, warmUps: number, settings: SideSettings, context: RunContext): Promise<Row[]> {
  const { onProgress, isVerbose } = context
  onProgress(`${row.name}: making ready`)
  const ours = await startSide(process.execPath, [builtEntry('bench'), row.scenario], settings, isVerbose)
  let peer: Side | null = null
  try {
    const { side, reason } = await startPeer(row, settings, context)
    peer = side
    const difference = peer && differenceOf(row, ours, peer)
    const ourTimes: Timed = { times: new Map(), cpuMs: [], report: '' }
    const peerTimes: Timed = { times: new Map(), cpuMs: [], report: '' }
    for (let round = -warmUps; round < settings.repeats; round++) {
      const isCounted = round >= 0
      await runRound(ours, ourTimes, isCounted)
      if (peer) await runRound(peer, peerTimes, isCounted)
      const shown = isCounted ? `round ${round + 1}/${settings.repeats}` : 'warming up'
      onProgress(`${row.name}: ${shown}${isCounted ? ` ${lastOf(ourTimes)}${peer ? ` / ${lastOf(peerTimes)}` : ''} ms` : ''}`)
    }
    const peakMemoryMb = await ours.end()
    const peerMemoryMb = (await peer?.end()) ?? null
    const rows = [...ourTimes.times.keys()].map((key) => rowOf(row, key, { side: ours, timed: ourTimes, peakMemoryMb }))
    if (peer) addPeer(rows[0]!, row.peer!.name, { side: peer, timed: peerTimes, peakMemoryMb: peerMemoryMb })
    rows[0]!.difference = difference
    return rows.map((made, i) => ({ ...made, noPeer: i === 0 ? reason : null }))
  } finally {
    ours.kill()
    peer?.kill()
  }
}

async function runRound(side: Side, timed: Timed, isCounted: boolean): Promise<void> {
  const { times, cpuMs, report } = await side.round()
  if (!isCounted) return
  for (const [key, values] of Object.entries(times)) timed.times.set(key, [...(timed.times.get(key) ?? []), ...values])
  timed.cpuMs.push(cpuMs)
  timed.report = report
}

const lastOf = ({ times }: Timed) => ([...times.values()][0] ?? []).at(-1)?.toPrecision(4)

/** No side where there is none, with the reason. A peer that fails in another way than by not being there is an error: it should work. */
async function startPeer(
  row: BenchRow,
  settings: SideSettings,
  context: RunContext,
): Promise<{ side: Side | null; reason: string | null }> {
  const { peer, why } = row
  if (peer === null) return { side: null, reason: why ?? null }
  if (peer.kind === 'ours') {
    const side = await startSide(process.execPath, [builtEntry('bench'), peer.scenario], { ...settings, ...peer.set }, context.isVerbose)
    return { side, reason: null }
  }
  if (!context.withPeers) return { side: null, reason: 'left out by --no-peer' }
  try {
    return {
      side: await startSide(context.python, ['-B', join(packageRoot(), 'bench', 'peers', peer.script)], settings, context.isVerbose),
      reason: null,
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bench/no-peer') throw error
    return { side: null, reason: `${error.message}; name a Python that has it with --python or GALAXY_DESK_PYTHON` }
  }
}

/** How far apart the check values lie; null where there are none. Throws `bench/differs`: times of different work say nothing. */
function differenceOf({ name, tolerance = 0 }: BenchRow, ours: Side, peer: Side): number | null {
  if (ours.about.parameters !== null && ours.about.parameters !== peer.about.parameters)
    throw new AppError(
      'bench/differs',
      `${name}: our network has ${ours.about.parameters} parameters, the peer's ${peer.about.parameters}.`,
    )
  const expected = peer.about.values
  if (expected.length === 0) return null
  const square = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0)
  const difference = Math.sqrt(square(expected.map((value, i) => value - (ours.about.values[i] ?? NaN))) / square(expected))
  // NaN is a difference too.
  if (difference <= tolerance) return difference
  throw new AppError(
    'bench/differs',
    `${name}: the peer computes other values than ours from the same files (relative difference ${difference.toPrecision(2)}, ${tolerance} allowed). One of the two is wrong.`,
  )
}

type Measured = { side: Side; timed: Timed; peakMemoryMb: number | null }

function measuresOf({ side, timed, peakMemoryMb }: Measured, key: string) {
  const values = timed.times.get(key) ?? []
  const cpuMs = key === '' && timed.cpuMs.every((value) => value !== null) ? median(timed.cpuMs) : null
  return { program: side.about.program, medianMs: median(values), spread: relativeSpread(values), cpuMs, peakMemoryMb }
}

function rowOf(row: BenchRow, key: string, measured: Measured): Row {
  const values = measured.timed.times.get(key) ?? []
  return {
    name: key === '' ? row.name : key,
    engine: measured.side.about.engine,
    unit: key === '' ? measured.side.about.unit : 'one',
    repeats: values.length,
    p95Ms: percentile95(values),
    maxMs: Math.max(...values),
    ...measuresOf(measured, key),
    ratioToPeer: null,
    cpuRatioToPeer: null,
    memoryRatioToPeer: null,
    difference: null,
    noPeer: null,
    peer: null,
    notes: key === '' ? measured.side.about.notes : [],
    report: key === '' ? measured.timed.report : '',
  }
}

function addPeer(row: Row, name: string, measured: Measured): void {
  const peer = { name, ...measuresOf(measured, '') }
  const ratio = (ours: number | null, theirs: number | null) => (ours === null || theirs === null ? null : ours / theirs)
  row.peer = peer
  row.ratioToPeer = ratio(row.medianMs, peer.medianMs)
  row.cpuRatioToPeer = ratio(row.cpuMs, peer.cpuMs)
  row.memoryRatioToPeer = ratio(row.peakMemoryMb, peer.peakMemoryMb)
  row.notes = [...row.notes, ...measured.side.about.notes.map((note) => `${name}: ${note}`)]
}
