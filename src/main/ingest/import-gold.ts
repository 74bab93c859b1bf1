import { AppError } from '@shared/science/errors'
import type { GoldRequest, GoldTaken } from '@shared/contract/gold'
import type { WritableDb } from '@main/catalogue/database'
import { keepGold, type GoldAnswer } from '@main/catalogue/gold'
import { findGalaxy } from '@main/catalogue/galaxies'
import { projectTree } from '@main/catalogue/trees'
import { openTable, type TableReader } from './table/table-reader'

/**
 * Takes known answers to one question from a table: all of them or, where a row is wrong, none. A galaxy may stand in several rows that say the
 * same. Throws `gold/unknown-question`, `import/missing-column`, `gold/bad-row` with the row's number, and what reading the table throws.
 */
export async function importGold(db: WritableDb, { table, idColumn, question, answerColumn }: GoldRequest): Promise<GoldTaken> {
  const { tree } = projectTree(db)
  const asked = tree.questions.find(({ name }) => name === question)
  if (!asked) {
    const names = tree.questions.map(({ name }) => name).join(', ')
    throw new AppError('gold/unknown-question', `The tree ${tree.id} has no question "${question}". Its questions are: ${names}.`)
  }
  const reader = await openTable(table)
  const [idAt, answerAt] = [columnAt(reader, idColumn), columnAt(reader, answerColumn)]
  const answers = new Map<string, GoldAnswer & { row: number; hasImage: boolean }>()
  let empty = 0
  for await (const { row, values } of reader.rows()) {
    const [id, answer] = [values[idAt]?.trim() ?? '', values[answerAt]?.trim() ?? '']
    if (answer === '') {
      empty += 1
      continue
    }
    const galaxy = findGalaxy(db, id)
    if (galaxy === null) throw badRow(table, row, `the survey has no galaxy "${id}"`)
    if (!asked.answers.includes(answer)) throw badRow(table, row, `"${answer}" is no answer to ${question} (${asked.answers.join(', ')})`)
    const before = answers.get(id)
    if (before !== undefined && before.answer !== answer)
      throw badRow(table, row, `galaxy "${id}" is ${answer} here and ${before.answer} in row ${before.row}`)
    answers.set(id, { galaxyKey: galaxy.key, question, answer, row, hasImage: hasImage(db, galaxy.key) })
  }
  const taken = [...answers.values()]
  const known = keepGold(
    db,
    taken.map(({ galaxyKey, answer }) => ({ galaxyKey, question, answer })),
  )
  return { taken: taken.length, known, empty, withoutImage: taken.filter((each) => !each.hasImage).length }
}

const hasImage = (db: WritableDb, galaxyKey: number) =>
  db.prepare<[number], number>('SELECT 1 FROM views WHERE galaxy_key = ? AND view = 1').pluck().get(galaxyKey) === 1

function columnAt({ path, columns }: TableReader, name: string): number {
  const at = columns.indexOf(name)
  if (at === -1) throw new AppError('import/missing-column', `${path} has no column "${name}". Its columns are: ${columns.join(', ')}.`)
  return at
}

const badRow = (table: string, row: number, what: string) =>
  new AppError('gold/bad-row', `Row ${row} of ${table}: ${what}. Nothing was taken; mend the row and try again.`)
