import { expect, test } from 'vitest'
import { findTree } from '@shared/science/tree/built-in'
import { answerNames } from '@shared/science/tree/decision-tree'
import { beginImport, completeImport, IMPORT_BATCH, insertImportBatch } from '@main/catalogue/imports'
import { appendLabel } from '@main/catalogue/labels'
import { readQueue } from '@main/catalogue/queue'
import { readQueueItem } from '@main/catalogue/queue-items'
import { openRound } from '@main/catalogue/rounds'
import { splitSurvey } from '@main/catalogue/splits'
import { readSummary } from '@main/catalogue/summary'
import { readCandidates, readTestSet, readTrainingSet } from '@main/catalogue/training-set'
import { projectTree } from '@main/catalogue/trees'
import { readImages } from '@main/catalogue/views'
import { ensureVoteSet } from '@main/catalogue/votes'
import { answerOf, emptyReport, newProject, row } from './support'

const GALAXIES = 100_000
const LABELS = 200

test('100,000 galaxies with votes go in, are split, chosen, labelled and read back whole (times are printed)', () => {
  const tree = findTree('gz2')
  const { db } = newProject(tree)
  const voteSetKey = ensureVoteSet(db, 'recorded', projectTree(db).version).key
  const answers = answerNames(tree).length
  const rowOf = (i: number) => {
    const votes = [{ voteSetKey, counts_A: Array.from({ length: answers }, (_, a) => (i + a) % 40) }]
    // An order of ids and positions that is not the order of the rows, as in a real survey.
    return row(`5877${String((i * 7919) % 100_003).padStart(14, '0')}`, {
      raDeg: (i * 0.618) % 360,
      decDeg: ((i * 0.7548) % 120) - 60,
      votes,
    })
  }

  const running = beginImport(db, {})
  const batchesMs: number[] = []
  for (let start = 0; start < GALAXIES; start += IMPORT_BATCH) {
    const rows = Array.from({ length: IMPORT_BATCH }, (_, j) => rowOf(start + j))
    batchesMs.push(timed(() => insertImportBatch(db, running, rows)).ms)
  }
  print(`import, batches of ${IMPORT_BATCH}`, batchesMs)
  print('import, making it visible', [timed(() => completeImport(db, running, emptyReport)).ms])

  const split = timed(() => splitSurvey(db, { test: 0.2, initial: 1_000, seed: 1 }))
  print('split', [split.ms])
  expect(split.result).toEqual({ test: 20_000, initial: 1_000, revealed: 1_000 })

  const walk = timed(() => [...readImages(db)].length)
  print('walk over all images', [walk.ms])
  expect(walk.result).toBe(GALAXIES)
  const candidates = timed(() => Array.from(readCandidates(db), ({ galaxyKey }) => galaxyKey))
  print('candidates', [candidates.ms])
  expect(candidates.result).toHaveLength(GALAXIES - 21_000)

  const picks = candidates.result
    .slice(0, LABELS)
    .map((galaxyKey) => ({ galaxyKey, score: 1, isRandom: false, inclusionProbability: null, parts: {} }))
  openRound(db, { strategy: 'random', modelId: null, seed: 1, params: {} }, picks)
  const labelsMs = picks.map(
    ({ galaxyKey }) =>
      timed(() => {
        appendLabel(db, answerOf(galaxyKey, 'smooth-or-featured', 'smooth'))
        return readQueueItem(db, galaxyKey, 'ada')
      }).ms,
  )
  print('label saved and its galaxy read', labelsMs)
  const queue = timed(() => readQueue(db, 'ada'))
  print('queue', [queue.ms])
  expect(queue.result).toMatchObject({ total: LABELS, complete: 0 })
  const training = timed(() => readTrainingSet(db, { combine: 'replace', expertWeight: 1 }))
  print('training set', [training.ms])
  expect(training.result.galaxyKeys).toHaveLength(1_000 + LABELS)
  const testSet = timed(() => readTestSet(db))
  print('test set', [testSet.ms])
  expect(testSet.result.galaxyKeys).toHaveLength(20_000)
  const summary = timed(() => readSummary(db))
  print('summary', [summary.ms])
  expect(summary.result.counts).toMatchObject({
    galaxies: GALAXIES,
    labelled: 1_000 + LABELS,
    test: 20_000,
    pool: GALAXIES - 21_000 - LABELS,
  })
})

function timed<T>(work: () => T): { result: T; ms: number } {
  const startedAt = performance.now()
  const result = work()
  return { result, ms: performance.now() - startedAt }
}

function print(name: string, timesMs: readonly number[]): void {
  const sorted = timesMs.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1)
  console.log(
    `${name.padEnd(34)} ${sorted.length === 1 ? `${at(0)} ms` : `median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`}`,
  )
}
