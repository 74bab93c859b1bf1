import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '@shared/science/errors'
import { takeFileLock } from '@main/catalogue/process-lock'
import { readFully, writeFully } from './positional'

/**
 * [Note: The feature store] Features of galaxies under one model, V views each: `features.f32` has fixed-size rows [V, F] of little-endian
 * float32, `index.bin` says for each row which galaxy key (int32), which image (the first 8 bytes of its checksum) and which state of its
 * file (8 bytes, see `fileStamp`) it belongs to. Rows are only ever appended, and features are on the disk before their index is written, so
 * a kill or a power cut at any point leaves whole rows and at most one tail to cut off; a changed image has another checksum and gets a new
 * row. One process at a time has the store open. Node has no memory map: reads are positional.
 */
export type FeatureStore = {
  readonly rowLength: number
  /** The row of this galaxy's features if they were made from this very image. */
  find: (galaxyKey: number, checksum: string) => number | null
  /** What the galaxy's kept features were made from; null when there are none. */
  kept: (galaxyKey: number) => { isOf: (checksum: string) => boolean; stamp: string } | null
  /** The file was touched and is still the same image. */
  restamp: (galaxyKey: number, stamp: string) => void
  append: (sources: readonly FeatureSource[], features_BVF: Float32Array) => void
  /**
   * Features [rows, V, F], in the order of `rows`. Throws `features/damaged` when some are not finite; those rows are given up, so that the
   * next run makes them anew.
   */
  read: (rows: ArrayLike<number>) => Float32Array
  close: () => void
}

/** Where a row comes from. `checksum`: SHA-256 of the image file. */
export type FeatureSource = { galaxyKey: number; checksum: string; stamp: string }

const INDEX_BYTES = 20
const IMAGE_AT = 4
const STAMP_AT = 12
/** Waiting for the disk costs some ten milliseconds: a kill in between loses the features of these seconds, no more. */
const SYNC_EVERY_MS = 5_000
/** A process whose parent was killed ends by itself, after the batch that it is at. */
const LOCK_WAIT_MS = 5_000

const headerSchema = z.object({
  /** Of these files. */
  format: z.literal(2),
  weightsSha256: z.string(),
  views: z.number(),
  viewSeed: z.number(),
  featureCount: z.number(),
})
type Header = z.infer<typeof headerSchema>

/**
 * Opens the store of one model, or starts it; what was kept under other weights, views or seeds is thrown away, not mixed in. Throws
 * `features/in-use` when another process has it open.
 */
export function openFeatureStore(folder: string, header: Omit<Header, 'format'>, lockWaitMs = LOCK_WAIT_MS): FeatureStore {
  mkdirSync(folder, { recursive: true })
  const lock = takeFileLock(join(folder, 'store.lock'), lockWaitMs)
  if (lock === null)
    throw new AppError(
      'features/in-use',
      `Another process is writing the features in ${folder}. Wait until it has ended, then run this again.`,
    )
  try {
    return storeIn(folder, { format: 2, ...header }, lock.release)
  } catch (error) {
    lock.release()
    throw error
  }
}

function storeIn(folder: string, header: Header, release: () => void): FeatureStore {
  const headerPath = join(folder, 'store.json')
  if (!isSame(readHeader(headerPath), header)) {
    for (const name of ['store.json', 'features.f32', 'index.bin']) rmSync(join(folder, name), { force: true })
    writeFileSync(`${headerPath}.new`, JSON.stringify(header))
    renameSync(`${headerPath}.new`, headerPath)
  }
  const rowLength = header.views * header.featureCount
  const rowBytes = rowLength * 4
  const features = openOrMake(join(folder, 'features.f32'))
  const index = openOrMake(join(folder, 'index.bin'))
  let rowCount = Math.min(Math.floor(fstatSync(features).size / rowBytes), Math.floor(fstatSync(index).size / INDEX_BYTES))
  ftruncateSync(features, rowCount * rowBytes)
  ftruncateSync(index, rowCount * INDEX_BYTES)

  const rows = new Map<number, { row: number; image: string; stamp: string }>()
  const entries = Buffer.alloc(rowCount * INDEX_BYTES)
  readFully(index, entries, 0)
  for (let row = 0; row < rowCount; row++) {
    const at = row * INDEX_BYTES
    const image = entries.toString('hex', at + IMAGE_AT, at + STAMP_AT)
    if (image !== GIVEN_UP)
      rows.set(entries.readInt32LE(at), { row, image, stamp: entries.toString('hex', at + STAMP_AT, at + INDEX_BYTES) })
  }

  let indexedRows = rowCount
  let unwritten: Buffer[] = []
  let syncedAtMs = performance.now()
  function sync(): void {
    if (unwritten.length > 0) {
      fsyncSync(features)
      writeFully(index, Buffer.concat(unwritten), indexedRows * INDEX_BYTES)
      fsyncSync(index)
      indexedRows = rowCount
      unwritten = []
    }
    syncedAtMs = performance.now()
  }

  return {
    rowLength,
    find(galaxyKey, checksum) {
      const entry = rows.get(galaxyKey)
      return entry?.image === shortOf(checksum) ? entry.row : null
    },
    kept(galaxyKey) {
      const entry = rows.get(galaxyKey)
      return entry === undefined ? null : { isOf: (checksum) => entry.image === shortOf(checksum), stamp: entry.stamp }
    },
    restamp(galaxyKey, stamp) {
      const entry = rows.get(galaxyKey)
      if (entry === undefined) throw new Error(`no features of galaxy ${galaxyKey}`)
      sync()
      writeFully(index, Buffer.from(stamp, 'hex'), entry.row * INDEX_BYTES + STAMP_AT)
      rows.set(galaxyKey, { ...entry, stamp })
    },
    append(sources, features_BVF) {
      if (features_BVF.length !== sources.length * rowLength)
        throw new Error(`expected ${sources.length} rows of ${rowLength}, got ${features_BVF.length} values`)
      writeFully(features, Buffer.from(features_BVF.buffer, features_BVF.byteOffset, features_BVF.byteLength), rowCount * rowBytes)
      for (const { galaxyKey, checksum, stamp } of sources) {
        const entry = { row: rowCount++, image: shortOf(checksum), stamp }
        unwritten.push(encodeEntry(galaxyKey, entry))
        rows.set(galaxyKey, entry)
      }
      if (performance.now() - syncedAtMs > SYNC_EVERY_MS) sync()
    },
    read(wanted) {
      const out = new Float32Array(wanted.length * rowLength)
      const damaged = Array.from(wanted).filter((row, i) => {
        readFully(features, Buffer.from(out.buffer, i * rowBytes, rowBytes), row * rowBytes)
        return !out.subarray(i * rowLength, (i + 1) * rowLength).every(Number.isFinite)
      })
      if (damaged.length > 0) {
        sync()
        for (const row of damaged) writeFully(index, Buffer.from(GIVEN_UP, 'hex'), row * INDEX_BYTES + IMAGE_AT)
        throw new AppError(
          'features/damaged',
          `The kept features of ${damaged.length} galaxies in ${folder} are damaged. They are given up: run this again to make them anew.`,
        )
      }
      return out
    },
    close() {
      try {
        sync()
      } finally {
        closeSync(features)
        closeSync(index)
        release()
      }
    },
  }
}

/** How the views of a kept store were drawn; null when nothing is kept. */
export function keptViewPlan(folder: string): { views: number; seed: number } | null {
  const header = readHeader(join(folder, 'store.json'))
  return header && { views: header.views, seed: header.viewSeed }
}

/** Stands in the index for the image of a row that is not to be used. */
const GIVEN_UP = 'ff'.repeat(8)
const shortOf = (checksum: string) => checksum.slice(0, 16).padStart(16, '0')

function encodeEntry(galaxyKey: number, { image, stamp }: { image: string; stamp: string }): Buffer {
  const entry = Buffer.alloc(INDEX_BYTES)
  entry.writeInt32LE(galaxyKey, 0)
  entry.write(image, IMAGE_AT, 'hex')
  entry.write(stamp, STAMP_AT, 'hex')
  return entry
}

function isSame(kept: Header | null, header: Header): boolean {
  return kept !== null && (Object.keys(header) as (keyof Header)[]).every((name) => kept[name] === header[name])
}

const openOrMake = (path: string) => openSync(path, existsSync(path) ? 'r+' : 'w+')

/** Null when there is none that can be read: an older format, or a file that a power cut left empty. */
function readHeader(path: string): Header | null {
  if (!existsSync(path)) return null
  try {
    return headerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
