import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { takeFileLock } from '@main/catalogue/process-lock'
import type { GalaxyImage } from '@main/catalogue/views'
import { progressOf, throwIfCancelled, type TaskContext } from './context'
import { fileStamp } from './current-images'
import { decodeBatches } from './decode'
import { readFully, writeFully } from './positional'

/**
 * [Note: The image cache] Grey images of one side S as trainings use them, in `images/S.u8`: rows of S² bytes. `S.index` has 16 bytes a row
 * that say from which state of which file it was made (path, size, times), so an image that was touched is decoded anew and gets a new row.
 * Rows are only appended, and are on the disk before their index is: a kill leaves whole rows and at most one tail to cut off. Reads are
 * positional, the system's page cache holds what is in use: memory does not grow with the survey. The folder may be deleted at any time.
 */
export type CachedImages = {
  /** The image of the galaxy at this place of the list, [S, S] row by row. */
  image: (index: number) => Uint8Array
  /** How many were not there and had to be decoded. */
  decoded: number
  close: () => void
}

const KEY_BYTES = 16
const STATS_AT_ONCE = 256
const DECODED_AT_ONCE = 64
/** Waiting for the disk costs some ten milliseconds: a kill in between loses the images of these seconds, no more. */
const SYNC_EVERY_MS = 5_000
/** A process whose parent was killed ends by itself, after the batch that it is at. */
const LOCK_WAIT_MS = 5_000

/** All these images at the side `sidePx`, those that are missing decoded and kept. Errors: `image/unreadable`, `images/in-use`, `job/cancelled`. */
export async function cachedImages(
  projectPath: string,
  galaxies: readonly GalaxyImage[],
  sidePx: number,
  context: TaskContext,
): Promise<CachedImages> {
  const folder = join(projectPath, 'images-cache')
  mkdirSync(folder, { recursive: true })
  const lock = takeFileLock(join(folder, `${sidePx}.lock`), LOCK_WAIT_MS)
  if (lock === null)
    throw new AppError('images/in-use', `Another process is writing the images in ${folder}. Wait until it has ended, then run this again.`)
  try {
    const store = openRows(join(folder, String(sidePx)), sidePx * sidePx)
    try {
      const decoded = await addMissing(store, galaxies, sidePx, context)
      const rows = Int32Array.from(decoded.keys, (key) => store.find(key)!)
      return { image: (index) => store.read(rows[index]!), decoded: decoded.count, close: store.close }
    } catch (error) {
      store.close()
      throw error
    }
  } finally {
    lock.release()
  }
}

/** Gives the key of each galaxy's row, and how many rows are new. */
async function addMissing(store: Rows, galaxies: readonly GalaxyImage[], sidePx: number, context: TaskContext) {
  const keys = await keysOf(galaxies)
  const missing = [...galaxies.keys()].filter((i) => store.find(keys[i]!) === null)
  const report = progressOf(context, 'reading images', missing.length)
  let count = 0
  let syncedAtMs = performance.now()
  try {
    for await (const batch of decodeBatches(
      missing.map((i) => galaxies[i]!),
      sidePx,
      DECODED_AT_ONCE,
    )) {
      throwIfCancelled(context.signal)
      for (const { path, stamp, image } of batch) {
        const key = keyOf(path, stamp)
        keys[missing[count++]!] = key
        store.append(key, image)
      }
      if (performance.now() - syncedAtMs > SYNC_EVERY_MS) {
        store.sync()
        syncedAtMs = performance.now()
      }
      report(count)
    }
  } finally {
    // What was decoded before a cancel need not be decoded again.
    store.sync()
  }
  return { keys, count }
}

const keyOf = (path: string, stamp: string) =>
  createHash('sha256')
    .update(`${stamp} ${path}`)
    .digest('hex')
    .slice(0, 2 * KEY_BYTES)

async function keysOf(galaxies: readonly GalaxyImage[]): Promise<string[]> {
  const keys: string[] = []
  for (let start = 0; start < galaxies.length; start += STATS_AT_ONCE) {
    const part = galaxies.slice(start, start + STATS_AT_ONCE)
    // A file that is not there is told of when it is decoded.
    keys.push(...(await Promise.all(part.map(async ({ path }) => keyOf(path, await fileStamp(path).catch(() => ''))))))
  }
  return keys
}

type Rows = {
  find: (key: string) => number | null
  append: (key: string, image: Uint8Array) => void
  sync: () => void
  read: (row: number) => Uint8Array
  close: () => void
}

/** To read and write at any place; `a+` would write at the end whatever place is asked for. */
const openOrMake = (path: string) => openSync(path, constants.O_RDWR | constants.O_CREAT)

function openRows(path: string, rowBytes: number): Rows {
  const data = openOrMake(`${path}.u8`)
  const index = openOrMake(`${path}.index`)
  let rowCount = Math.min(Math.floor(fstatSync(data).size / rowBytes), Math.floor(fstatSync(index).size / KEY_BYTES))
  ftruncateSync(data, rowCount * rowBytes)
  ftruncateSync(index, rowCount * KEY_BYTES)
  const entries = Buffer.alloc(rowCount * KEY_BYTES)
  readFully(index, entries, 0)
  const rows = new Map<string, number>()
  for (let row = 0; row < rowCount; row++) rows.set(entries.toString('hex', row * KEY_BYTES, (row + 1) * KEY_BYTES), row)
  let unwritten: Buffer[] = []
  return {
    find: (key) => rows.get(key) ?? null,
    append: (key, image) => {
      writeFully(data, image, rowCount * rowBytes)
      unwritten.push(Buffer.from(key, 'hex'))
      rows.set(key, rowCount++)
    },
    sync: () => {
      if (unwritten.length === 0) return
      fsyncSync(data)
      writeFully(index, Buffer.concat(unwritten), (rowCount - unwritten.length) * KEY_BYTES)
      fsyncSync(index)
      unwritten = []
    },
    read: (row) => {
      const image = new Uint8Array(rowBytes)
      readFully(data, image, row * rowBytes)
      return image
    },
    close: () => {
      closeSync(data)
      closeSync(index)
    },
  }
}
