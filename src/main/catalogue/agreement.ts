import type { Answer } from '@shared/contract/records'
import type { Agreement, Difference, PairAgreement } from '@shared/contract/quality'
import { agreementSteps, isSettled } from '@shared/science/agreement/agreement-steps'
import { cohenKappa, fleissKappa, type Kappa } from '@shared/science/agreement/kappa'
import { createRandom } from '@shared/science/stats/random'
import type { DecisionTree, Question } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { labelStates } from './labelled'
import { readResolves } from './resolution'
import { projectTree } from './trees'

type Said = { annotator: string; answers: Answer[]; cannotTell: string[] }
/** `said`: of those who gave an answer. `asked`: also of those who could only not tell. `questions`: in which they differ. */
type Shared = { galaxyKey: number; asked: Said[]; said: Said[]; questions: string[] }

/**
 * How far the annotators agree, question by question, over the galaxies that two or more answered about. "Cannot tell" is no answer, and a
 * repeat is not another annotator: both count for nothing here.
 */
export function readAgreement(db: ReadableDb): Agreement {
  const { tree } = projectTree(db)
  const shared = [...sharedGalaxies(db, tree)]
  const names = new Set(shared.flatMap(({ said }) => said.map(({ annotator }) => annotator)))
  const method = names.size > 2 ? ('fleiss' as const) : ('cohen' as const)
  const differing = shared.filter(({ questions }) => questions.length > 0)
  const resolves = readResolves(db)
  return {
    annotators: readAnnotators(db),
    method,
    galaxies: shared.length,
    questions: kappas(tree, shared, method),
    differing: differing.length,
    resolved: differing.filter((galaxy) => isResolved(tree, galaxy, resolves.get(galaxy.galaxyKey))).length,
  }
}

/** Cohen's kappas of two of the annotators, over the galaxies that both answered about. */
export function readPairAgreement(db: ReadableDb, first: string, second: string): PairAgreement {
  const { tree } = projectTree(db)
  const shared = [...sharedGalaxies(db, tree)]
    .map((galaxy) => ({ ...galaxy, said: galaxy.said.filter(({ annotator }) => annotator === first || annotator === second) }))
    .filter(({ said }) => said.length === 2)
  return { first, second, galaxies: shared.length, questions: kappas(tree, shared, 'cohen') }
}

/** Everyone who has an entry in the log, by name. */
function readAnnotators(db: ReadableDb): Agreement['annotators'] {
  return db
    .prepare<[], Agreement['annotators'][number]>(
      `SELECT annotator AS name, count(*) AS entries,
         (SELECT count(*) FROM label_states WHERE label_states.annotator = labels.annotator AND is_complete = 1) AS galaxies
       FROM labels GROUP BY annotator ORDER BY annotator`,
    )
    .all()
}

/** `galaxyKey`: that one alone. */
type DifferencesPage = { galaxyKey?: number | undefined; offset: number; limit: number }

/** The galaxies in which annotators differ, those that are settled last, each kind in the order of the keys. */
export function readDifferences(db: ReadableDb, { galaxyKey, offset, limit }: DifferencesPage): Difference[] {
  const { tree } = projectTree(db)
  const resolves = readResolves(db, galaxyKey)
  const differing = [...sharedGalaxies(db, tree, galaxyKey)].filter(({ questions }) => questions.length > 0)
  const resolved = new Set(differing.filter((galaxy) => isResolved(tree, galaxy, resolves.get(galaxy.galaxyKey))))
  const ordered = [...differing.filter((galaxy) => !resolved.has(galaxy)), ...resolved]
  const galaxyOf = db.prepare<[number], { id: string; hasImage: number }>(
    'SELECT id, EXISTS (SELECT 1 FROM views WHERE views.galaxy_key = galaxies.galaxy_key AND view = 1) AS hasImage FROM galaxies WHERE galaxy_key = ?',
  )
  return ordered.slice(offset, offset + limit).map(({ galaxyKey: key, asked, questions }) => {
    const { id, hasImage } = galaxyOf.get(key)!
    const imageUrl = hasImage === 1 ? `/api/galaxies/${key}/image?view=1` : null
    const agreed = (resolves.get(key) ?? []).map(({ question, answer }) => ({ question, answer }))
    return { galaxyKey: key, id, imageUrl, questions, answers: asked, resolved: agreed }
  })
}

/** Whether what they differ in is settled, and all that this led to. It is not before something was agreed on, so the others need no walk. */
function isResolved(tree: DecisionTree, { asked }: Shared, resolved: readonly Answer[] = []): boolean {
  return resolved.length > 0 && isSettled(agreementSteps(tree, { answers: asked, resolved }))
}

/** The annotators of each galaxy in the order of their names: who is first in a table of two must not depend on who came first. */
function* sharedGalaxies(db: ReadableDb, tree: DecisionTree, only?: number): Generator<Shared> {
  const keys = db
    .prepare<{ only: number | null }, number>(
      `SELECT galaxy_key FROM label_states WHERE galaxy_key = coalesce(:only, galaxy_key)
       GROUP BY galaxy_key HAVING count(*) > 1 ORDER BY galaxy_key`,
    )
    .pluck()
    .all({ only: only ?? null })
  for (const { galaxyKey, byAnnotator } of labelStates(db, tree, keys)) {
    const asked = [...byAnnotator]
      .map(([annotator, { answers, cannotTell }]) => ({ annotator, answers, cannotTell }))
      .filter(({ answers, cannotTell }) => answers.length + cannotTell.length > 0)
      .sort((a, b) => (a.annotator < b.annotator ? -1 : 1))
    const said = asked.filter(({ answers }) => answers.length > 0)
    if (said.length < 2) continue
    const questions = tree.questions.filter(({ name }) => new Set(answersTo(name, said)).size > 1).map(({ name }) => name)
    yield { galaxyKey, asked, said, questions }
  }
}

/** Those of annotators who were asked: who went another way along the tree says nothing of this question. */
function answersTo(question: string, said: readonly Said[]): string[] {
  return said.flatMap(({ answers }) => answers.filter((given) => given.question === question).map(({ answer }) => answer))
}

function kappas({ questions }: DecisionTree, shared: readonly Shared[], method: Agreement['method']): Agreement['questions'] {
  return Object.fromEntries(questions.map((question) => [question.name, kappaOf(question, shared, method)]))
}

function kappaOf({ name, answers }: Question, shared: readonly Shared[], method: Agreement['method']): Kappa {
  const given = shared.map(({ said }) => answersTo(name, said)).filter((both) => both.length >= 2)
  const random = createRandom(0, 'kappa', name)
  if (method === 'cohen') return cohenKappa(tableOf(answers, given as [string, string][]), random)
  const counts_NK = given.map((all) => answers.map((answer) => all.filter((each) => each === answer).length))
  return fleissKappa(counts_NK, random)
}

/** [first][second] over the answers of a question. */
export function tableOf(answers: readonly string[], pairs: readonly (readonly [string, string])[]): number[][] {
  return answers.map((first) => answers.map((second) => pairs.filter(([a, b]) => a === first && b === second).length))
}
