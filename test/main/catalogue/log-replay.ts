import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import { smallTree } from './support'

/** An entry as it lies on the disk. */
export type LogRow = {
  sequence: number
  uuid: string
  galaxy_key: number
  annotator: string
  pass: number
  kind: string
  question: string | null
  answer: string | null
  note: string | null
  undoes: string | null
  batch: string | null
}

export type Replayed = {
  answers: Map<string, string>
  cannotTell: Set<string>
  notes: string[]
  isSkipped: boolean
  isFlagged: boolean
  isStarred: boolean
  isComplete: boolean
}

/** The whole log past the program, oldest first. */
export function rawLog(project: string): LogRow[] {
  const db = new Sqlite(join(project, 'catalogue.sqlite'), { readonly: true })
  try {
    return db.prepare<[], LogRow>('SELECT * FROM labels ORDER BY sequence').all()
  } finally {
    db.close()
  }
}

/** Which entries count, told anew: going back from the newest, an undo that counts strikes what it names. */
export function standing(log: readonly LogRow[]): Set<string> {
  const struck = new Set<string>()
  for (const { uuid, undoes } of log.toReversed()) if (undoes !== null && !struck.has(uuid)) struck.add(undoes)
  return new Set(log.filter(({ uuid, undoes }) => undoes === null && !struck.has(uuid)).map(({ uuid }) => uuid))
}

const isAsked = (question: (typeof smallTree.questions)[number], answers: ReadonlyMap<string, string>) =>
  question.after.length === 0 || question.after.some((branch) => [...answers].some(([name, answer]) => `${name}_${answer}` === branch))

/** What counts of the entries of one galaxy, annotator and pass: a second telling of `labelState`, that shares no code with it. */
export function replay(rows: readonly LogRow[]): Replayed {
  const answers = new Map<string, string>()
  const untold = new Set<string>()
  const state = { notes: [] as string[], isSkipped: false, isFlagged: false, isStarred: false }
  for (const { kind, question, answer, note } of rows) {
    if (note !== null) state.notes.push(note)
    if (kind === 'flag') state.isFlagged = !state.isFlagged
    if (kind === 'star') state.isStarred = !state.isStarred
    if (kind === 'skip') state.isSkipped = true
    if (kind !== 'answer' && kind !== 'cannot-tell') continue
    state.isSkipped = false
    if (kind === 'answer') {
      answers.set(question!, answer!)
      untold.delete(question!)
    } else {
      answers.delete(question!)
      untold.add(question!)
    }
    // Parents come first in the tree, so that one pass drops whole branches.
    for (const each of smallTree.questions) if (!isAsked(each, answers)) answers.delete(each.name)
  }
  const asked = smallTree.questions.filter((question) => isAsked(question, answers))
  const cannotTell = new Set(asked.map(({ name }) => name).filter((name) => untold.has(name)))
  const isComplete = answers.size + cannotTell.size > 0 && asked.every(({ name }) => answers.has(name) || cannotTell.has(name))
  return { answers, cannotTell, isComplete, ...state }
}

/**
 * Goes through the log and says where an undo took back, or a redo brought back, something else than was due, one line each. Due is the latest
 * entry of the annotator that stands (what was made as one: all of it), or the one taken back last while nothing new was done; in the Agreement
 * view the same of agreed answers alone.
 */
export function wrongSteps(log: readonly LogRow[]): string[] {
  const wrong: string[] = []
  const byUuid = new Map(log.map((row) => [row.uuid, row]))
  const rootOf = (row: LogRow): LogRow => (row.undoes === null ? row : rootOf(byUuid.get(row.undoes)!))
  const unitOf = (row: LogRow) => row.batch ?? row.uuid
  const done = { all: new Map<string, string[]>(), resolves: new Map<string, string[]>() }
  const undone = { all: new Map<string, string[]>(), resolves: new Map<string, string[]>() }
  const of = (stacks: Map<string, string[]>, annotator: string) => stacks.get(annotator) ?? stacks.set(annotator, []).get(annotator)!
  const firstOf = new Map<string, number>()
  const handled = new Set<string>()
  for (const row of log) {
    if (handled.has(unitOf(row))) continue
    handled.add(unitOf(row))
    const root = rootOf(row)
    const unit = unitOf(root)
    const scopes = root.kind === 'resolve' ? (['all', 'resolves'] as const) : (['all'] as const)
    if (row.undoes === null) {
      firstOf.set(unit, row.sequence)
      for (const scope of scopes) {
        of(done[scope], row.annotator).push(unit)
        undone[scope].set(row.annotator, [])
      }
      continue
    }
    const [from, to] = of(done.all, row.annotator).includes(unit) ? [done, undone] : [undone, done]
    if (!scopes.some((scope) => of(from[scope], row.annotator).at(-1) === unit))
      wrong.push(`entry ${row.sequence} (${row.kind} of ${unit})`)
    for (const scope of ['all', 'resolves'] as const) {
      from[scope].set(
        row.annotator,
        of(from[scope], row.annotator).filter((each) => each !== unit),
      )
      if (scopes.some((each) => each === scope)) of(to[scope], row.annotator).push(unit)
      if (to === done) of(to[scope], row.annotator).sort((a, b) => firstOf.get(a)! - firstOf.get(b)!)
    }
  }
  return wrong
}
