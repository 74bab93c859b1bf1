import type { Answer, LabelEvent } from '@shared/contract/records'
import { resolvedAnswers } from '@shared/science/agreement/resolved-answers'
import type { DecisionTree } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from '@main/catalogue/database'
import { answeredAmong, answeredGalaxies, labelStates } from '@main/catalogue/labelled'
import type { LabelState } from '@main/catalogue/label-state'
import { readLabelState } from '@main/catalogue/labels'
import { readResolves } from '@main/catalogue/resolution'
import type { GalaxyRows } from './galaxy-rows'

/**
 * What stands in the log about one galaxy, of all annotators together. `annotators` answered it, could not tell, or skipped it; `answers` are those of
 * all of them, or what was agreed where somebody resolved them.
 */
export type GalaxyLabels = {
  readonly isAnswered: boolean
  readonly isSkipped: boolean
  readonly isFlagged: boolean
  readonly isStarred: boolean
  readonly annotators: readonly string[]
  readonly answers: readonly Answer[]
}

/** By row, of the galaxies that have entries; as of `sequence` of the log. */
export type LabelFacts = { readonly sequence: number; readonly byRow: Map<number, GalaxyLabels> }

/** Beyond these the whole log is read faster than galaxy by galaxy. */
const MOST_CHANGED = 2_000

/** What the log says up to `sequence`, from `before` and the entries since, where they are few. Changes `before`. */
export function readLabelFacts(
  db: ReadableDb,
  tree: DecisionTree,
  rows: GalaxyRows,
  sequence: number,
  before: LabelFacts | null,
): LabelFacts {
  if (before?.sequence === sequence) return before
  const changed = before === null ? null : changedGalaxies(db, before.sequence)
  if (before === null || changed === null) return { sequence, byRow: readAll(db, tree, rows) }
  const answered = answeredAmong(db, changed)
  for (const key of changed) {
    const row = rows.rowOf(key)
    if (row !== -1) before.byRow.set(row, readOne(db, tree, key, answered.has(key)))
  }
  return { sequence, byRow: before.byRow }
}

/** Null when they are many. */
function changedGalaxies(db: ReadableDb, since: number): number[] | null {
  const keys = db
    .prepare<[number, number], number>('SELECT DISTINCT galaxy_key FROM labels WHERE sequence > ? LIMIT ?')
    .pluck()
    .all(since, MOST_CHANGED + 1)
  return keys.length > MOST_CHANGED ? null : keys
}

function readAll(db: ReadableDb, tree: DecisionTree, rows: GalaxyRows): Map<number, GalaxyLabels> {
  const answered = answeredGalaxies(db)
  const resolves = readResolves(db)
  const byRow = new Map<number, GalaxyLabels>()
  for (const { galaxyKey, byAnnotator } of labelStates(db, tree)) {
    const row = rows.rowOf(galaxyKey)
    if (row !== -1) byRow.set(row, together(tree, answered.has(galaxyKey), byAnnotator, resolves.get(galaxyKey)))
  }
  return byRow
}

function readOne(db: ReadableDb, tree: DecisionTree, galaxyKey: number, isAnswered: boolean): GalaxyLabels {
  const entries = db
    .prepare<[number], { kind: LabelEvent['kind']; annotator: string }>('SELECT kind, annotator FROM labels WHERE galaxy_key = ?')
    .all(galaxyKey)
  const names = new Set(entries.map(({ annotator }) => annotator))
  const byAnnotator = new Map(Array.from(names, (name) => [name, readLabelState(db, galaxyKey, name)]))
  // Looking for what was agreed takes a walk over the log.
  const resolves = entries.some(({ kind }) => kind === 'resolve') ? readResolves(db, galaxyKey).get(galaxyKey) : undefined
  return together(tree, isAnswered, byAnnotator, resolves)
}

function together(
  tree: DecisionTree,
  isAnswered: boolean,
  byAnnotator: ReadonlyMap<string, LabelState>,
  resolves: readonly Answer[] | undefined,
): GalaxyLabels {
  const states = [...byAnnotator.values()]
  const answers = states.map((state) => state.answers)
  const hasSpoken = (state: LabelState) => state.answers.length > 0 || state.cannotTell.length > 0 || state.isSkipped
  return {
    isAnswered,
    isSkipped: states.some((state) => state.isSkipped),
    isFlagged: states.some((state) => state.isFlagged),
    isStarred: states.some((state) => state.isStarred),
    annotators: [...byAnnotator].flatMap(([name, state]) => (hasSpoken(state) ? [name] : [])),
    answers: resolves === undefined ? answers.flat() : resolvedAnswers(tree, answers, resolves),
  }
}
