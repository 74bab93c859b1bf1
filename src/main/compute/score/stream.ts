import { samplesWidth, type Prediction } from '@shared/science/acquisition/candidates'
import { createBestHeap } from '@shared/science/acquisition/best-heap'
import { rankingKey, type Ranking } from '@shared/science/acquisition/ranking'
import { throwIfCancelled, type TaskContext } from '../tasks/context'
import { createSampleFile } from '../tasks/sample-file'
import { compileKernel } from './kernel'
import { createPass, words, workOn } from './pass'
import { chunkValues, closeRing, createRing, publish, waitUntilScored } from './ring'
import { checkedScores, rankShortlist, requireSpreadOf, scoresOf, shortlistSize, type RankedSurvey } from './survey'
import { isWorthThreads, scoreThreads, type ThreadOptions } from './threads'

/**
 * Scores galaxies while their samples are drawn. `put` takes the samples of the next galaxy, in order, and holds the caller back while the
 * threads are behind; `finish` gives what the ranking puts first; `close` ends the threads, finished or not.
 */
export type ScoreStream = {
  put: (samples: Float32Array) => void
  finish: (context: Pick<TaskContext, 'signal' | 'onProgress'>) => Promise<RankedSurvey>
  close: () => Promise<void>
}

/** What is streamed: `ranking` null only tells how far the samples disagree. `keptPath`: a file for the samples of the best when they are many. */
export type StreamPlan = {
  readonly prediction: Prediction
  readonly galaxyCount: number
  readonly ranking: Ranking | null
  readonly count: number
  readonly keptPath: string
}

/** Chunks between maker and scorers, per thread. */
const SLOTS_PER_THREAD = 3

/**
 * Starts to score. Nothing of the survey is kept but scores, 8 bytes a galaxy, and the samples of the best so far (see `shortlistSize`): what
 * comes of it is what `rankSurvey` gives of the same samples.
 */
export async function startScoreStream(plan: StreamPlan, options: ThreadOptions = {}): Promise<ScoreStream> {
  const { prediction, galaxyCount, ranking, count } = plan
  const width = samplesWidth(prediction)
  const scoring = { prediction, measure: ranking?.measure ?? ('entropy' as const), seed: ranking?.seed ?? 0, isExact: false }
  const kernel = await compileKernel()
  const threads = scoreThreads(isWorthThreads({ scoring, rowCount: galaxyCount }) ? options : { threads: 0 })
  const slots = Math.max(1, threads.count * SLOTS_PER_THREAD)
  const sized = createPass({ scoring, source: { kind: 'memory', values: new Float32Array(0) }, kernel, rowCount: galaxyCount })
  const ring = createRing(width, sized.chunkRows, slots)
  const pass = { ...sized, source: ring }
  const { chunkRows, control } = pass
  const work = threads.count === 0 ? workOn(pass) : null
  const ended = work === null ? threads.start(pass).ended : Promise.resolve()
  const heap = createBestHeap(ranking === null ? 0 : Math.min(galaxyCount, shortlistSize(ranking, count)))
  const kept = createSampleFile(plan.keptPath, width, ranking === null ? 0 : Math.min(galaxyCount, shortlistSize(ranking, count)))
  let made = 0
  let harvested = 0

  /** Waits for chunks up to `last`, and keeps the samples of those of their galaxies that are among the best so far. */
  function harvest(last: number): void {
    for (; harvested <= last; harvested++) {
      const hasFailed = () => Atomics.load(control, words.failed) !== 0
      if (!waitUntilScored(ring, harvested, hasFailed)) throw new Error('a thread that scores galaxies failed')
      if (ranking === null) continue
      const values = chunkValues(ring, harvested)
      const first = harvested * chunkRows
      for (let galaxy = first; galaxy < Math.min(made, first + chunkRows); galaxy++) {
        const slot = heap.offer(rankingKey(ranking, galaxy, pass.scores[galaxy]!), galaxy)
        if (slot >= 0) kept.write(slot, values.subarray((galaxy - first) * width, (galaxy - first + 1) * width))
      }
    }
  }
  function publishChunk(chunk: number): void {
    publish(ring, chunk)
    work?.next()
  }

  return {
    put(samples) {
      const chunk = Math.floor(made / chunkRows)
      const row = made % chunkRows
      if (row === 0) harvest(chunk - slots)
      chunkValues(ring, chunk).set(samples, row * width)
      made += 1
      if (made % chunkRows === 0 || made === galaxyCount) publishChunk(chunk)
    },
    async finish(context) {
      if (made !== galaxyCount) throw new Error(`${made} of ${galaxyCount} galaxies came to be scored`)
      closeRing(ring)
      await ended
      harvest(pass.spreads.length - 1)
      throwIfCancelled(context.signal)
      if (ranking === null) return { ...scoresOf(pass), best: [] }
      const scores = checkedScores(pass)
      requireSpreadOf(ranking, scores, prediction)
      const shortlist = heap.ranked().map(({ position, slot }) => ({ galaxy: position, place: slot }))
      const best = await rankShortlist(shortlist, { prediction, source: kept.source(), kernel, ranking, count, scores }, threads, context)
      return { ...scores, best }
    },
    async close() {
      Atomics.store(control, words.stop, 1)
      closeRing(ring)
      await threads.close()
      kept.close()
    },
  }
}
