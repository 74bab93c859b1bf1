import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openTable, type TableRow } from '@main/ingest/table/table-reader'
import { errorOf, makeFolder, writeFile } from '../support'

async function read(content: string | Uint8Array): Promise<{ columns: readonly string[]; rows: TableRow[]; estimate: number }> {
  const table = await openTable(writeFile(join(makeFolder(), 'table.csv'), content))
  const rows: TableRow[] = []
  for await (const row of table.rows()) rows.push(row)
  return { columns: table.columns, rows, estimate: await table.estimateRows() }
}
const codeOf = async (content: string | Uint8Array) => (await errorOf(read(content))).code

describe('a CSV file', () => {
  test.each([
    ['comma', 'id,ra\nA,1\n'],
    ['semicolon', 'id;ra\nA;1\n'],
    ['tab', 'id\tra\nA\t1\n'],
    ['a comma quoted in a header of semicolons', '"id";ra\nA;1\n'],
    ['no line end at the end', 'id,ra\nA,1'],
    ['Windows line ends', 'id,ra\r\nA,1\r\n'],
    ['a byte-order mark', '\uFEFFid,ra\nA,1\n'],
    ['spaces around column names', ' id , ra\nA,1\n'],
  ])('is read with %s', async (_, content) => {
    const { columns, rows, estimate } = await read(content)
    expect([columns, rows, estimate]).toEqual([['id', 'ra'], [{ row: 2, values: ['A', '1'] }], 1])
  })
  test('is read as UTF-16 where its byte-order mark says so', async () => {
    expect((await read(Buffer.from('\uFEFFid,name\nA,é\n', 'utf16le'))).rows).toEqual([{ row: 2, values: ['A', 'é'] }])
  })
  test('keeps quoted separators, quotes and line breaks', async () => {
    expect((await read('id,note\nA,"a, ""b""\nc"\n')).rows).toEqual([{ row: 2, values: ['A', 'a, "b"\nc'] }])
  })
  test.each([
    ['a header of Windows and rows of Unix', 'id,ra,dec\r\na,1,2\nb,3,4\n'],
    ['a header of Unix and rows of Windows', 'id,ra,dec\na,1,2\r\nb,3,4\r\n'],
    ['one row of Windows, quoted', 'id,ra,dec\na,1,"2"\r\nb,3,4'],
    ['all three', 'id,ra,dec\ra,1,2\r\nb,3,4\n'],
  ])('may mix line ends: %s', async (_, content) => {
    const { columns, rows } = await read(content)
    expect(columns).toEqual(['id', 'ra', 'dec'])
    expect(rows).toEqual([
      { row: 2, values: ['a', '1', '2'] },
      { row: 3, values: ['b', '3', '4'] },
    ])
  })
  test('keeps quoted line breaks of every kind as they are', async () => {
    expect((await read('id,note\r\nA,"a\nb\r\nc\rd"\nB,x\r\n')).rows).toEqual([
      { row: 2, values: ['A', 'a\nb\r\nc\rd'] },
      { row: 3, values: ['B', 'x'] },
    ])
  })
  test('reads a line end that two pieces of a large file share as one', async () => {
    // Rows of 5 bytes, and 5 ends of pieces of 2 ** 18: each falls on another place of a row.
    const { rows } = await read(`id,b\n${'a,b\r\n'.repeat(300_000)}`)
    expect(rows).toHaveLength(300_000)
    expect(rows.every(({ row, values }, i) => row === i + 2 && values.length === 2 && values[1] === 'b')).toBe(true)
  })
  test('counts blank lines and passes over them', async () => {
    expect((await read('id,ra\n\nA,1\n\n\nB,2\n')).rows.map(({ row, values }) => [row, values[0]])).toEqual([
      [3, 'A'],
      [6, 'B'],
    ])
  })
  test('hands on rows of the wrong length as they are', async () => {
    expect((await read('id,ra\nA\nB,1,2\nC,3\n')).rows).toEqual([
      { row: 2, values: ['A'] },
      { row: 3, values: ['B', '1', '2'] },
      { row: 4, values: ['C', '3'] },
    ])
  })
  test('names columns without a name by their number', async () => expect((await read(',id\n0,A\n')).columns).toEqual(['column 1', 'id']))
  test('keeps 18-digit ids as text', async () =>
    expect((await read('id\n587732578312454276\n')).rows[0]!.values).toEqual(['587732578312454276']))
  test('is read across the pieces that a large file comes in', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `galaxy é ${i}`)
    const { rows, estimate } = await read(`id\n${names.join('\n')}\n`)
    expect(estimate).toBe(60_000)
    expect(rows.map(({ values }) => values[0])).toEqual(names)
    expect(rows.at(-1)!.row).toBe(60_001)
  })
  test('can be left in the middle', async () => {
    const table = await openTable(writeFile(join(makeFolder(), 'table.csv'), `id\n${'A\n'.repeat(500_000)}`))
    let seen = 0
    for await (const row of table.rows()) if (row.row === 10) break
    for await (const row of table.rows()) if (++seen && row.row === 3) break
    expect(seen).toBe(2)
  })
})

describe('what is no table', () => {
  test('an unclosed quote is named with its line', async () => {
    const error = await errorOf(read(`id,note\nA,fine\nB,"never closed\n${'C,x\n'.repeat(10)}`))
    expect(error.code).toBe('import/bad-table')
    expect(error.message).toContain('never closed')
  })
  test('a quote in the wrong place is named with its line, whatever ends the lines before it', async () => {
    for (const lines of ['id,note\nA,x\nB,y\n', 'id,note\r\nA,x\r\nB,y\r\n', 'id,note\r\nA,x\nB,y\r\n', 'id,note\nA,x\r\nB,y\n'])
      expect((await errorOf(read(`${lines}C,"b"c\n`))).message).toContain('at line 4')
  })
  test('an unclosed quote does not read a large file into memory', async () =>
    expect(await codeOf(`id\n"${'A\n'.repeat(2_000_000)}`)).toBe('import/bad-table'))
  test('a quote in the wrong place is an error', async () => expect(await codeOf('id,note\nA,"b"c\n')).toBe('import/bad-table'))
  test('text that is not UTF-8 is named with its line', async () => {
    const error = await errorOf(read(Buffer.concat([Buffer.from('id,name\nA,x\nB,'), Buffer.from([0xe9]), Buffer.from('\nC,y\n')])))
    expect(error.code).toBe('import/encoding')
    expect(error.message).toContain('near line 3')
  })
  test('a column twice is an error', async () => expect(await codeOf('id,ra,ra\nA,1,2\n')).toBe('import/duplicate-column'))
  test('an empty file is an error', async () => {
    expect(await codeOf('')).toBe('import/empty-table')
    expect(await codeOf('\n\n')).toBe('import/empty-table')
  })
  test.each([
    ['FITS', 'SIMPLE  =                    T'],
    ['Parquet', 'PAR1....'],
    ['VOTable', '<?xml version="1.0"?>'],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0])],
  ])('%s is named', async (name, content) => {
    const error = await errorOf(read(content))
    expect(error.code).toBe('import/table-format')
    expect(error.message).toContain(name)
  })
  test('a missing file and a folder are errors', async () => {
    const folder = makeFolder()
    expect((await errorOf(openTable(join(folder, 'none.csv')))).code).toBe('import/no-table')
    expect((await errorOf(openTable(folder))).code).toBe('import/no-table')
  })
})
