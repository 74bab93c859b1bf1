import { open } from 'node:fs/promises'
import { AppError } from '@shared/science/errors'
import { openCsv } from './csv'

/** A row of a table: its number in the file (the header is row 1) and its values as text, in the order of the columns. */
export type TableRow = { readonly row: number; readonly values: readonly string[] }

/**
 * A table read as a stream, whatever its format. A row may hold more or fewer values than there are columns: whoever reads it refuses it.
 * `estimateRows` counts quickly and may be off by quoted line breaks; `rows` can be walked once, and stops reading when its walk stops.
 */
export type TableReader = {
  readonly path: string
  readonly columns: readonly string[]
  readonly estimateRows: () => Promise<number>
  readonly rows: () => AsyncIterable<TableRow>
}

const otherFormats: readonly { name: string; starts: string }[] = [
  { name: 'a FITS file', starts: 'SIMPLE  =' },
  { name: 'a Parquet file', starts: 'PAR1' },
  { name: 'a VOTable', starts: '<?xml' },
  { name: 'a VOTable', starts: '<VOTABLE' },
  { name: 'an HDF5 file', starts: '\u0089HDF' },
  { name: 'gzip-compressed', starts: '\u001f\u008b' },
  { name: 'a zip archive or spreadsheet', starts: 'PK\u0003\u0004' },
]

/** Opens a table of any format that is known. Throws `import/no-table`, `import/table-format`, and what the format's reader throws. */
export async function openTable(path: string): Promise<TableReader> {
  const start = await readStart(path, 16)
  if (start.length === 0) throw new AppError('import/empty-table', `The table ${path} is empty. Choose a table with a header row.`)
  const format = otherFormats.find(({ starts }) => start.toString('latin1').startsWith(starts))
  if (format)
    throw new AppError(
      'import/table-format',
      `The table ${path} is ${format.name}. Save it as CSV (UTF-8 text with a header row) and import that.`,
    )
  return openCsv(path)
}

async function readStart(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('import/no-table', `The table ${path} cannot be opened (${error.code}). Check the path.`, { cause: error })
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw new AppError('import/no-table', `The table ${path} cannot be read: choose a file, not a folder.`, { cause: error })
  } finally {
    await file.close()
  }
}
