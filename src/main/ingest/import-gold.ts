import { AppError } from '@shared/science/errors'
import type { WritableDb } from '@main/catalogue/database'
import { keepGold, type GoldAnswer } from '@main/catalogue/gold'
import { findGalaxy } from '@main/catalogue/galaxies'
import { projectTree } from '@main/catalogue/trees'
import { openTable, type TableReader } from './table/table-reader'

/** `idColumn` and `answerColumn` name columns of the table; `question` is of the project's tree. */
export type GoldImport = { table: string; idColumn: string; question: string; answerColumn: string }

/**
 * Takes known answers to one question from a table: all of them or, where a row is wrong, none. Throws `gold/unknown-question`,
 * `import/missing-column`, `gold/bad-row` with the row's number, and what reading the table throws.
 */
export async function importGold(
  db: WritableDb,
  { table, idColumn, question, answerColumn }: GoldImport,
): Promise<{ taken: number; known: number }> {
  const { tree } = projectTree(db)
  const asked = tree.questions.find(({ name }) => name === question)
  if (!asked) {
    const names = tree.questions.map(({ name }) => name).join(', ')
    throw new AppError('gold/unknown-question', `The tree ${tree.id} has no question "${question}". Its questions are: ${names}.`)
  }
  const reader = await openTable(table)
  const [idAt, answerAt] = [columnAt(reader, idColumn), columnAt(reader, answerColumn)]
  const answers: GoldAnswer[] = []
  for await (const { row, values } of reader.rows()) {
    const [id, answer] = [values[idAt]?.trim() ?? '', values[answerAt]?.trim() ?? '']
    if (answer === '') continue
    const galaxy = findGalaxy(db, id)
    if (galaxy === null) throw badRow(table, row, `the survey has no galaxy "${id}"`)
    if (!asked.answers.includes(answer)) throw badRow(table, row, `"${answer}" is no answer to ${question} (${asked.answers.join(', ')})`)
    answers.push({ galaxyKey: galaxy.key, question, answer })
  }
  return { taken: answers.length, known: keepGold(db, answers) }
}

function columnAt({ path, columns }: TableReader, name: string): number {
  const at = columns.indexOf(name)
  if (at === -1) throw new AppError('import/missing-column', `${path} has no column "${name}". Its columns are: ${columns.join(', ')}.`)
  return at
}

const badRow = (table: string, row: number, what: string) =>
  new AppError('gold/bad-row', `Row ${row} of ${table}: ${what}. Nothing was taken; mend the row and try again.`)
