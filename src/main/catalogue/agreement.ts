import type { Answer } from '@shared/contract/records'
import type { Agreement, Difference } from '@shared/contract/quality'
import { cohenKappa, fleissKappa, type Kappa } from '@shared/science/agreement/kappa'
import { createRandom } from '@shared/science/stats/random'
import type { DecisionTree, Question } from '@shared/science/tree/decision-tree'
import type { ReadableDb } from './database'
import { labelStates } from './labelled'
import { readResolves } from './resolution'
import { projectTree } from './trees'

type Said = { annotator: string; answers: Answer[] }
type Shared = { galaxyKey: number; said: Said[]; questions: string[] }

/** How far the annotators agree, question by question, over the galaxies that two or more answered about. */
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
    questions: Object.fromEntries(tree.questions.map((question) => [question.name, kappaOf(question, shared, method)])),
    differing: differing.length,
    resolved: differing.filter(({ galaxyKey }) => resolves.has(galaxyKey)).length,
  }
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

/** The galaxies in which annotators differ, those not yet resolved first, each kind in the order of the keys. */
export function readDifferences(db: ReadableDb, offset: number, limit: number): Difference[] {
  const { tree } = projectTree(db)
  const resolves = readResolves(db)
  const differing = [...sharedGalaxies(db, tree)].filter(({ questions }) => questions.length > 0)
  const ordered = [
    ...differing.filter(({ galaxyKey }) => !resolves.has(galaxyKey)),
    ...differing.filter(({ galaxyKey }) => resolves.has(galaxyKey)),
  ]
  const galaxy = db.prepare<[number], { id: string; hasImage: number }>(
    'SELECT id, EXISTS (SELECT 1 FROM views WHERE views.galaxy_key = galaxies.galaxy_key AND view = 1) AS hasImage FROM galaxies WHERE galaxy_key = ?',
  )
  return ordered.slice(offset, offset + limit).map(({ galaxyKey, said, questions }) => {
    const { id, hasImage } = galaxy.get(galaxyKey)!
    const imageUrl = hasImage === 1 ? `/api/galaxies/${galaxyKey}/image?view=1` : null
    const resolved = (resolves.get(galaxyKey) ?? []).map(({ question, answer }) => ({ question, answer }))
    return { galaxyKey, id, imageUrl, questions, answers: said, resolved }
  })
}

function* sharedGalaxies(db: ReadableDb, tree: DecisionTree): Generator<Shared> {
  for (const { galaxyKey, byAnnotator } of labelStates(db, tree)) {
    const said = [...byAnnotator].map(([annotator, { answers }]) => ({ annotator, answers })).filter(({ answers }) => answers.length > 0)
    if (said.length < 2) continue
    const questions = tree.questions.filter(({ name }) => new Set(answersTo(name, said)).size > 1).map(({ name }) => name)
    yield { galaxyKey, said, questions }
  }
}

/** Those of annotators who were asked: who went another way along the tree says nothing of this question. */
function answersTo(question: string, said: readonly Said[]): string[] {
  return said.flatMap(({ answers }) => answers.filter((given) => given.question === question).map(({ answer }) => answer))
}

function kappaOf({ name, answers }: Question, shared: readonly Shared[], method: Agreement['method']): Kappa {
  const given = shared.map(({ said }) => answersTo(name, said)).filter((both) => both.length >= 2)
  if (method === 'fleiss')
    return fleissKappa(
      given.map((all) => answers.map((answer) => all.filter((each) => each === answer).length)),
      createRandom(0, 'kappa', name),
    )
  return cohenKappa(tableOf(answers, given as [string, string][]))
}

/** [first][second] over the answers of a question. */
export function tableOf(answers: readonly string[], pairs: readonly (readonly [string, string])[]): number[][] {
  return answers.map((first) => answers.map((second) => pairs.filter(([a, b]) => a === first && b === second).length))
}
