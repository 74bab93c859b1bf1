import { resolvedAnswers } from '@shared/science/agreement/resolved-answers'
import { AppError } from '@shared/science/errors'
import { answerNames, type DecisionTree } from '@shared/science/tree/decision-tree'
import type { Answer } from '@shared/contract/records'
import { combineVotes, type CombineOptions } from './combine-votes'
import type { ReadableDb } from './database'
import { handledGalaxies, labelStates } from './labelled'
import { readResolves } from './resolution'
import { readOpenRound } from './rounds'
import { readSplit } from './split-record'
import type { LabelledBy } from './test-votes'
import { projectTree } from './trees'
import { decodeCounts, projectVoteSet } from './votes'
import { imagesOf, imagesWhere, type GalaxyImage } from './views'

/** Galaxies with what is known of them, in the order of the keys: N of each, `votes_NA` [N, A] in the tree's order. */
export type LabelledGalaxies = {
  galaxyKeys: number[]
  ids: string[]
  imagePaths: string[]
  checksums: string[]
  votes_NA: Float32Array
}

/** `weights_NQ` [N, Q]: the weight of each question's likelihood, 1 but for experts' answers. */
export type TrainingSet = LabelledGalaxies & { weights_NQ: Float32Array }

/** `labelledBy` [N]: whose votes these are. */
export type TestSet = LabelledGalaxies & { labelledBy: LabelledBy[] }

/**
 * What a network may be trained on: the pool galaxies with an image whose votes were revealed or that experts answered about. Never a test
 * galaxy, nor votes that are still hidden. Throws `split/missing`.
 */
export function readTrainingSet(db: ReadableDb, options: CombineOptions): TrainingSet {
  refuseUnsplit(db)
  const { tree } = projectTree(db)
  const volunteers = readVotes(db, 'JOIN revealed_votes USING (galaxy_key)')
  const experts = expertAnswers(db, tree)
  const keys = withoutHeldOut(db, new Set([...volunteers.keys(), ...experts.keys()]))
  const weights: Float32Array[] = []
  const galaxies = collect(db, tree, keys, (key) => {
    const { votes_A, weights_Q } = combineVotes(tree, volunteers.get(key) ?? null, experts.get(key) ?? [], options)
    weights.push(weights_Q)
    return votes_A
  })
  return { ...galaxies, weights_NQ: concatenate(weights, tree.questions.length) }
}

/**
 * The test galaxies with an image and what is known of them, for measuring errors and nothing else: the volunteers' votes, and where there
 * are none the experts' answers, one vote each. Throws `split/missing`.
 */
export function readTestSet(db: ReadableDb): TestSet {
  refuseUnsplit(db)
  const { tree } = projectTree(db)
  const volunteers = readVotes(db, "JOIN held_out USING (galaxy_key) WHERE side = 'test'")
  const experts = expertAnswers(db, tree)
  const test = db.prepare<[], number>("SELECT galaxy_key FROM held_out WHERE side = 'test'").pluck().all()
  const known = test.filter((key) => volunteers.has(key) || experts.has(key))
  const labelledBy: TestSet['labelledBy'] = []
  const galaxies = collect(db, tree, known, (key) => {
    const votes_A = volunteers.get(key)
    labelledBy.push(votes_A ? 'volunteers' : 'experts')
    return votes_A ?? combineVotes(tree, null, experts.get(key)!, { combine: 'replace', expertWeight: 1 }).votes_A
  })
  return { ...galaxies, labelledBy }
}

/**
 * The galaxies that a strategy may choose from, in the order of the keys: of the pool, with an image, not answered about or skipped by an
 * expert, votes not revealed, and not in the open round. Throws `split/missing`.
 */
export function readCandidates(db: ReadableDb): Generator<GalaxyImage> {
  refuseUnsplit(db)
  return candidates(db)
}

function* candidates(db: ReadableDb): Generator<GalaxyImage> {
  const handled = handledGalaxies(db)
  const condition = `NOT EXISTS (SELECT 1 FROM held_out WHERE held_out.galaxy_key = views.galaxy_key)
    AND NOT EXISTS (SELECT 1 FROM revealed_votes WHERE revealed_votes.galaxy_key = views.galaxy_key)
    AND NOT EXISTS (SELECT 1 FROM acquisitions WHERE round = ${readOpenRound(db) ?? -1} AND acquisitions.galaxy_key = views.galaxy_key)`
  for (const image of imagesWhere(db, condition)) if (!handled.has(image.galaxyKey)) yield image
}

function refuseUnsplit(db: ReadableDb): void {
  if (readSplit(db) === null) {
    throw new AppError(
      'split/missing',
      'The survey has no test set yet. Split it first: what is learnt before could not be measured honestly.',
    )
  }
}

/** Votes [A] of the project's vote set by galaxy; none where the project has no votes. */
function readVotes(db: ReadableDb, restriction: string): Map<number, Uint16Array> {
  const voteSet = projectVoteSet(db)
  if (voteSet === null) return new Map()
  const rows = db
    .prepare<{ voteSet: number }, [number, Buffer]>(
      `SELECT galaxy_key, counts FROM (SELECT galaxy_key, counts FROM votes WHERE vote_set_key = :voteSet) ${restriction}`,
    )
    .raw()
  return new Map(Array.from(rows.iterate({ voteSet: voteSet.key }), ([key, counts]) => [key, decodeCounts(counts)]))
}

function expertAnswers(db: ReadableDb, tree: DecisionTree): Map<number, Answer[][]> {
  const byGalaxy = new Map<number, Answer[][]>()
  const resolves = readResolves(db)
  for (const { galaxyKey, byAnnotator } of labelStates(db, tree)) {
    const answers = [...byAnnotator.values()].map((state) => state.answers).filter((given) => given.length > 0)
    const resolved = resolves.get(galaxyKey)
    if (resolved) byGalaxy.set(galaxyKey, [resolvedAnswers(tree, answers, resolved)])
    else if (answers.length > 0) byGalaxy.set(galaxyKey, answers)
  }
  return byGalaxy
}

function withoutHeldOut(db: ReadableDb, keys: Iterable<number>): number[] {
  const isHeldOut = db.prepare<[number], number>('SELECT 1 FROM held_out WHERE galaxy_key = ?').pluck()
  return Array.from(keys).filter((key) => isHeldOut.get(key) === undefined)
}

/** Those of `keys` that have an image, in the order of the keys. */
function collect(
  db: ReadableDb,
  tree: DecisionTree,
  keys: Iterable<number>,
  votesOf: (key: number) => ArrayLike<number>,
): LabelledGalaxies {
  const images = [...imagesOf(db, keys)]
  return {
    galaxyKeys: images.map(({ galaxyKey }) => galaxyKey),
    ids: images.map(({ id }) => id),
    imagePaths: images.map(({ path }) => path),
    checksums: images.map(({ checksum }) => checksum),
    votes_NA: concatenate(
      images.map(({ galaxyKey }) => votesOf(galaxyKey)),
      answerNames(tree).length,
    ),
  }
}

function concatenate(rows: readonly ArrayLike<number>[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, i) => all.set(row, i * width))
  return all
}
