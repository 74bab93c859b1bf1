import { setImmediate } from 'node:timers/promises'
import type { ReadableDb } from '@main/catalogue/database'

const PAGE = 4_096

/** Rows of one width, one after another in `bytes`. */
export type BlobPage = { readonly keys: readonly number[]; readonly bytes: Buffer<ArrayBuffer> }

/**
 * The BLOBs of many galaxies, `width` bytes each, in the order of their keys; `from` is SQL that gives galaxy_key and blob, with `:after` for the key
 * that the page comes after. SQLite joins the BLOBs of a page into one text: handing each over as a Buffer takes four times as long. Between the
 * pages other work of the thread runs, and each is a query of its own, so that the log of writes does not grow behind a slow reader.
 */
export async function* blobPages(
  db: ReadableDb,
  from: string,
  parameters: Readonly<Record<string, string | number>>,
  width: number,
): AsyncGenerator<BlobPage> {
  const page = db.prepare<Record<string, string | number>, { keys: string; bytes: string | null }>(
    `SELECT json_group_array(galaxy_key) AS keys, group_concat(hex(blob), '') AS bytes
     FROM (SELECT galaxy_key, blob FROM (${from}) WHERE galaxy_key > :after ORDER BY galaxy_key LIMIT ${PAGE})`,
  )
  for (let after = 0; ;) {
    const row = page.get({ ...parameters, after })!
    const keys = JSON.parse(row.keys) as number[]
    if (keys.length === 0) return
    const bytes = Buffer.from(row.bytes ?? '', 'hex')
    if (bytes.length !== keys.length * width) throw new Error(`${keys.length} BLOBs of ${width} bytes have ${bytes.length} bytes`)
    yield { keys, bytes }
    if (keys.length < PAGE) return
    after = keys.at(-1)!
    await setImmediate()
  }
}
