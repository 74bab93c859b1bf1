/**
 * Two annotators at random work until the process is killed: every kind of entry, batches, second looks, undo and redo. A line with the UUIDs of
 * what was written after each commit. Arguments: project, seed, life.
 */
import { randomUUID } from 'node:crypto'
import type { LabelEvent } from '@shared/contract/records'
import type { LabelRequest } from '@shared/contract/requests'
import { createRandom } from '@shared/science/stats/random'
import { questionsAsked } from '@shared/science/tree/flow'
import { appendBatch, appendLabel, readLabelState } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { projectTree } from '@main/catalogue/trees'
import { turnOf } from '@main/catalogue/turns'
import { redoLatest, undoLatest } from '@main/catalogue/undo'

const [path, seed, life] = process.argv.slice(2) as [string, string, string]
const db = openCatalogue(path)
const { tree } = projectTree(db)
const random = createRandom(Number(seed), 'work', life)
const galaxies = db.prepare<[], number>('SELECT galaxy_key FROM galaxies ORDER BY galaxy_key').pluck().all()
const one = <T>(items: readonly T[]): T => items[random.integer(items.length)]!

function entry(annotator: string, galaxyKey: number): LabelRequest {
  const pass = random.integer(8) === 0 ? 1 : 0
  const common = { uuid: randomUUID(), galaxyKey, annotator, turn: turnOf(db, galaxyKey, pass), durationMs: 500 }
  const question = one(questionsAsked(tree, readLabelState(db, galaxyKey, annotator, pass).answers))
  const answered = { ...common, question: question.name, answer: one(question.answers) }
  const kinds = ['answer', 'answer', 'answer', 'answer', 'cannot-tell', 'skip', 'flag', 'star', 'note', 'resolve'] as const
  const kind = one(kinds)
  if (kind === 'answer' || kind === 'resolve') return { ...answered, kind }
  if (kind === 'cannot-tell') return { ...common, kind, question: question.name }
  return { ...common, kind, note: kind === 'note' ? `note ${random.integer(99)}` : null }
}

function work(): LabelEvent[] {
  const annotator = one(['ada', 'ben'])
  const move = random.integer(20)
  const request = { uuid: randomUUID(), annotator }
  if (move < 4) return undoLatest(db, request)
  if (move < 6) return redoLatest(db, request)
  if (move === 6) return undoLatest(db, { ...request, kind: 'resolve' })
  if (move === 7) return redoLatest(db, { ...request, kind: 'resolve' })
  if (move > 9) return [appendLabel(db, entry(annotator, one(galaxies)))]
  const root = tree.questions.find(({ after }) => after.length === 0)!
  const entries = random
    .sample(galaxies, 3)
    .map((galaxyKey) => ({ uuid: randomUUID(), galaxyKey, kind: 'answer' as const, question: root.name, answer: one(root.answers) }))
  return appendBatch(db, { batch: randomUUID(), annotator, entries })
}

for (;;)
  process.stdout.write(
    `${work()
      .map(({ uuid }) => uuid)
      .join(' ')}\n`,
  )
