import { samplesWidth, pickedByScore, type Picked, type Prediction } from '@shared/science/acquisition/candidates'
import { createBestHeap } from '@shared/science/acquisition/best-heap'
import { notFinite } from '@shared/science/acquisition/rank'
import { finishRanking, keptCount, rankingKey, type Ranking, type Scored } from '@shared/science/acquisition/ranking'
import { noSpread } from '@shared/science/acquisition/sample-spread'
import { createScorer } from '@shared/science/acquisition/scores'
import type { TaskContext } from '../tasks/context'
import { compileKernel } from './kernel'
import { createPass, type Pass } from './pass'
import { isAccelerated } from './row-scorer'
import { openRows, type RowSource } from './source'
import { runPass, scoreThreads, type ScoreThreads, type ThreadOptions } from './threads'

/** The samples of a survey that lie in a file or in shared memory: row g is galaxy g. */
export type Survey = {
  readonly prediction: Prediction
  readonly galaxyCount: number
  readonly source: Exclude<RowSource, { kind: 'ring' }>
}

/** The scores of a survey: of every galaxy, to the kernel's accuracy where it made them, and what they were made with. */
export type SurveyScores = { readonly score_N: Float64Array; readonly meanSampleSpread: number }

/** What a ranking puts first: with scores and parts of the science functions, in float64. */
export type RankedSurvey = SurveyScores & { readonly best: Picked[] }

type Context = Pick<TaskContext, 'signal' | 'onProgress'>
const silent: Context = { signal: new AbortController().signal, onProgress: () => undefined }

/**
 * Scores all galaxies of a survey on all cores, in memory that does not grow with it but for 8 bytes a galaxy, and gives the `count` that the
 * ranking puts first, in the order of the float64 science functions: those near the top by the kernel's float32 are scored again (see [Note:
 * Accuracy of the scoring kernel]). The same whatever the number of threads. Throws `acquisition/not-finite`, `acquisition/no-spread`,
 * `job/cancelled`.
 */
export async function rankSurvey(
  survey: Survey,
  ranking: Ranking,
  count: number,
  { context = silent, ...options }: ThreadOptions & { context?: Context } = {},
): Promise<RankedSurvey> {
  const { prediction, galaxyCount, source } = survey
  const threads = scoreThreads(options)
  try {
    const kernel = await compileKernel()
    const scoring = { prediction, measure: ranking.measure, seed: ranking.seed, isExact: false }
    const pass = createPass({ scoring, source, kernel, rowCount: galaxyCount })
    await runPass(pass, threads, context, 'scoring galaxies')
    const scores = checkedScores(pass)
    requireSpreadOf(ranking, scores, prediction)
    const heap = createBestHeap(Math.min(galaxyCount, shortlistSize(ranking, count)))
    for (let galaxy = 0; galaxy < galaxyCount; galaxy++) heap.offer(rankingKey(ranking, galaxy, scores.score_N[galaxy]!), galaxy)
    const shortlist = heap.ranked().map(({ position }) => ({ galaxy: position, place: position }))
    return { ...scores, best: await rankShortlist(shortlist, { prediction, source, kernel, ranking, count, scores }, threads, context) }
  } finally {
    await threads.close()
  }
}

/** How many galaxies are kept for the second look: those wanted, and as many more as float32 could put in the wrong order. */
export function shortlistSize(ranking: Ranking, count: number): number {
  const kept = keptCount(ranking, count)
  return kept + Math.max(64, Math.ceil(kept / 20))
}

/** The scores of a pass that has ended. */
export function scoresOf({ scores, spreads, rowCount }: Pass): SurveyScores {
  return { score_N: scores, meanSampleSpread: rowCount === 0 ? 0 : spreads.reduce((sum, spread) => sum + spread, 0) / rowCount }
}

/** The same; throws `acquisition/not-finite` for the first that is no number. */
export function checkedScores(pass: Pass): SurveyScores {
  const { scores, rowCount } = pass
  for (let galaxy = 0; galaxy < rowCount; galaxy++) if (!Number.isFinite(scores[galaxy])) throw notFinite(galaxy, rowCount, scores[galaxy]!)
  return scoresOf(pass)
}

export function requireSpreadOf(ranking: Ranking, { meanSampleSpread }: SurveyScores, { sampleCount }: Prediction): void {
  if (ranking.needsSpread && meanSampleSpread === 0) throw noSpread(sampleCount)
}

/** A galaxy of the shortlist and the place of its samples in the source. */
export type Listed = { readonly galaxy: number; readonly place: number }

export type ShortlistOptions = {
  readonly prediction: Prediction
  readonly source: Survey['source']
  readonly kernel: WebAssembly.Module | null
  readonly ranking: Ranking
  readonly count: number
  readonly scores: SurveyScores
}

/** Ranks the shortlist by the science functions: their scores, the path's for those that are ranked again, and the parts of the first `count`. */
export async function rankShortlist(
  shortlist: readonly Listed[],
  { prediction, source, kernel, ranking, count, scores }: ShortlistOptions,
  threads: ScoreThreads,
  context: Context,
): Promise<Picked[]> {
  const { measure, seed } = ranking
  const placeOf = new Map(shortlist.map(({ galaxy, place }) => [galaxy, place]))
  const scoreExactly = async (galaxies: readonly number[], exactMeasure: typeof measure, phase: string): Promise<Float64Array> => {
    const pass = createPass({
      scoring: { prediction, measure: exactMeasure, seed, isExact: true },
      source,
      kernel,
      rowCount: galaxies.length,
      places: Int32Array.from(galaxies, (galaxy) => placeOf.get(galaxy)!),
      galaxies: Int32Array.from(galaxies),
    })
    await runPass(pass, threads, context, phase)
    return checkedScores(pass).score_N
  }

  const galaxies = shortlist.map(({ galaxy }) => galaxy)
  const exact = isAccelerated({ prediction, measure, seed, isExact: false }) && kernel !== null
  const score_S = exact
    ? await scoreExactly(galaxies, measure, 'ranking the best')
    : Float64Array.from(galaxies, (galaxy) => scores.score_N[galaxy]!)
  const best = galaxies
    .map((index, i) => ({ index, score: score_S[i]!, key: rankingKey(ranking, index, score_S[i]!) }))
    .sort((a, b) => (a.key === b.key ? a.index - b.index : b.key - a.key))
    .slice(0, keptCount(ranking, count))
  const reranked = best.slice(0, ranking.reranked).map(({ index }) => index)
  const pathScore_R = reranked.length === 0 ? [] : await scoreExactly(reranked, 'path-information', 'ranking the best again')
  return withParts(finishRanking(ranking, best, pathScore_R, count), placeOf, { prediction, source, ranking })
}

function withParts(
  ranked: readonly Scored[],
  placeOf: ReadonlyMap<number, number>,
  { prediction, source, ranking }: Pick<ShortlistOptions, 'prediction' | 'source' | 'ranking'>,
): Picked[] {
  const width = samplesWidth(prediction)
  const row = new Float32Array(width)
  const { parts } = createScorer(prediction, ranking.measure, ranking.seed)
  const reader = openRows(source, width)
  try {
    return ranked.map(({ index, score }) => {
      reader.read(placeOf.get(index)!, 1, row)
      return pickedByScore(index, score, parts(row, index))
    })
  } finally {
    reader.close()
  }
}
