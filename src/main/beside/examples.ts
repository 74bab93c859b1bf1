import type { Example, Examples } from '@shared/contract/beside'
import type { Typical } from '@shared/science/examples/typical'
import { answerName, questionRanges } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import { readOpenRound } from '@main/catalogue/rounds'
import type { Columns } from '@main/search/columns'
import type { Memory } from '@main/search/memory'
import { isPool } from '@main/search/sides'
import type { Standing } from '@main/search/standing'
import { goldGalaxies, pendingVisits } from './hidden'
import type { OwnLabels } from './own-labels'
import { createTypicalGalaxies } from './typical-galaxies'

/** For each answer: three to show, and one more where the galaxy on screen is one of them. */
const COUNT = 4

/**
 * [Note: Examples] Galaxies of this survey that show each answer: first those that this annotator starred, then the typical ones by the volunteers'
 * votes ([Note: Typical galaxies]), then others that the annotator answered so, the latest first. Never one of the test set, of the open round, of
 * known answers, or that is to come to the annotator again unannounced. Of the votes only those count that training may use: a vote that is still
 * hidden would tell of a galaxy that may be asked about. Nothing is from other annotators.
 */
export function createExamples(
  db: ReadableDb,
  standing: () => Standing,
  labelsOf: (annotator: string, standing: Standing) => OwnLabels,
  columns: Columns,
  memory: Memory,
): (annotator: string) => Promise<Examples> {
  const typicalGalaxies = createTypicalGalaxies(columns, memory)

  return async (annotator) => {
    const now = standing()
    const { rows } = now
    const bars = barred(db, now, memory)
    const { minVotes, typical_A } = await typicalGalaxies(now, bars)
    const { byKey } = labelsOf(annotator, now)
    const visits = pendingVisits(db, annotator)
    const own = ownByAnswer(byKey, (key) => visits.has(key) || rows.rowOf(key) === -1 || bars.isBarred(rows.rowOf(key)))
    const isOwnAnswer = (key: number, question: string, answer: string) =>
      byKey.get(key)?.answers.every((given) => given.question !== question || given.answer === answer) ?? true
    const idOf = db
      .prepare<[number], string>('SELECT id FROM galaxies JOIN views USING (galaxy_key) WHERE galaxy_key = ? AND view = 1')
      .pluck()
    const first = (candidates: readonly Candidate[]): Example[] => {
      const found = new Map<number, Example>()
      for (const candidate of candidates) {
        if (found.size === COUNT) break
        const id = found.has(candidate.galaxyKey) ? undefined : idOf.get(candidate.galaxyKey)
        if (id !== undefined) found.set(candidate.galaxyKey, { ...candidate, id })
      }
      return [...found.values()]
    }
    const answers: Record<string, Example[]> = {}
    for (const { question, start } of questionRanges(now.tree.tree)) {
      question.answers.forEach((answer, i) => {
        const name = answerName(question.name, answer)
        const given = own.get(name) ?? []
        const voted = (typical_A[start + i] ?? [])
          .map((typical) => votedExample(rows.keys[typical.row]!, typical))
          .filter(({ galaxyKey }) => !visits.has(galaxyKey) && isOwnAnswer(galaxyKey, question.name, answer))
        const found = first([...given.filter(({ isStarred }) => isStarred), ...voted, ...given])
        if (found.length > 0) answers[name] = found
      })
    }
    return { minVotes, answers }
  }
}

type Candidate = Omit<Example, 'id'>

/** Galaxies that nobody may see as examples now; `stamp` changes with them. */
export type Barred = { readonly stamp: string; readonly isBarred: (row: number) => boolean }

function barred(db: ReadableDb, now: Standing, memory: Memory): Barred {
  const round = readOpenRound(db)
  const asked = new Set(round === null ? [] : memory.round(round, now))
  const gold = goldGalaxies(db)
  const { side_N } = memory.sides(now)
  const stamp = JSON.stringify([now.rows.count, now.sides, round, [...gold]])
  return { stamp, isBarred: (row) => !isPool(side_N[row]!) || asked.has(row) || gold.has(now.rows.keys[row]!) }
}

const votedExample = (galaxyKey: number, { fraction, votes }: Typical): Candidate => ({
  galaxyKey,
  source: 'votes',
  fraction,
  votes,
  isStarred: false,
})

/** The galaxies that the annotator answered about, by answer, the latest first. */
function ownByAnswer(byKey: OwnLabels['byKey'], isHidden: (galaxyKey: number) => boolean): Map<string, Candidate[]> {
  const own = new Map<string, Candidate[]>()
  for (const [galaxyKey, { answers, isStarred }] of [...byKey].sort(([, a], [, b]) => b.sequence - a.sequence)) {
    if (answers.length === 0 || isHidden(galaxyKey)) continue
    for (const { question, answer } of answers) {
      const name = answerName(question, answer)
      const example: Candidate = { galaxyKey, source: 'own', fraction: null, votes: null, isStarred }
      if (!own.get(name)?.push(example)) own.set(name, [example])
    }
  }
  return own
}
