import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { AppError } from '@shared/science/errors'
import type { TableReader, TableRow } from './table-reader'
import { readText } from './text'

/** Longest record in characters: a quote that is never closed must not pull the rest of the file into memory. */
const LONGEST_RECORD = 1 << 20
/** Files that were edited on several systems mix them. */
const LINE_ENDS = ['\r\n', '\n', '\r']

/**
 * Opens a CSV file: comma, semicolon or tab between values (whichever the header holds most of), quotes, byte-order mark, any line ends, also mixed.
 * Blank lines are passed over and counted. Throws `import/encoding`, `import/bad-table` (broken quotes) and `import/duplicate-column`.
 */
export async function openCsv(path: string): Promise<TableReader> {
  const delimiter = await sniffDelimiter(path)
  const columns = await readHeader(path, delimiter)
  return { path, columns, estimateRows: () => countLines(path), rows: () => readRows(path, delimiter) }
}

async function* readRecords(path: string, delimiter: string): AsyncGenerator<string[]> {
  const text = Readable.from(readText(path))
  const parser = parse({ delimiter, record_delimiter: LINE_ENDS, bom: true, relax_column_count: true, max_record_size: LONGEST_RECORD })
  text.on('error', (error) => parser.destroy(error))
  text.pipe(parser)
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield record
  } catch (error) {
    throw isCsvError(error) ? explain(error, path) : error
  } finally {
    text.destroy()
  }
}

async function readHeader(path: string, delimiter: string): Promise<string[]> {
  for await (const record of readRecords(path, delimiter)) {
    if (isBlank(record)) continue
    const columns = record.map((name, index) => (name.trim() === '' ? `column ${index + 1}` : name.trim()))
    const twice = columns.find((name, index) => columns.indexOf(name) !== index)
    if (twice !== undefined)
      throw new AppError('import/duplicate-column', `The table ${path} has the column "${twice}" twice. Rename or remove one.`)
    return columns
  }
  throw new AppError('import/empty-table', `The table ${path} has no header row. The first row must name the columns.`)
}

async function* readRows(path: string, delimiter: string): AsyncGenerator<TableRow> {
  let row = 0
  let hasHeader = false
  for await (const values of readRecords(path, delimiter)) {
    row++
    if (isBlank(values)) continue
    if (hasHeader) yield { row, values }
    hasHeader = true
  }
}

const isBlank = (record: string[]) => record.length === 1 && record[0] === ''

/** Line ends, less one for the header: the number of rows unless line breaks are quoted. */
async function countLines(path: string): Promise<number> {
  let lines = 0
  let last = 10
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
    last = chunk[chunk.length - 1] ?? last
  }
  return Math.max(0, lines + (last === 10 ? 0 : 1) - 1)
}

async function sniffDelimiter(path: string): Promise<string> {
  let start = ''
  for await (const text of readText(path)) {
    start += text
    if (/\S[^\r\n]*[\r\n]/.test(start) || start.length > LONGEST_RECORD) break
  }
  const header = (start.trimStart().split(/[\r\n]/, 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const times = (delimiter: string) => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, delimiter) => (times(delimiter) > times(best) ? delimiter : best))
}

type CsvFault = Error & { code: string; lines?: number }
const isCsvError = (error: unknown): error is CsvFault => error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')

function explain(error: CsvFault, path: string): AppError {
  const line = error.lines === undefined ? '' : ` at line ${error.lines}`
  const isRunaway = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
  const what = isRunaway ? 'a quotation mark is opened and never closed' : 'a quotation mark stands where none can be'
  return new AppError('import/bad-table', `The table ${path} cannot be read${line}: ${what}. Mend that row and import it again.`, {
    cause: error,
  })
}
