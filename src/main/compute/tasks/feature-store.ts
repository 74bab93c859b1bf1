import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/science/errors'
import { takeFileLock } from '@main/catalogue/process-lock'
import { isOfKey, readStoreHeader, writeStoreHeader, type FeaturePrecision, type StoreHeader, type StoreKey } from './feature-header'
import { createFeatureIndex, GIVEN_UP, IMAGE_AT, INDEX_BYTES, STAMP_AT, type FeatureSource } from './feature-index'
import { encodeFeatures, featuresFile, isFinitePart, readRows, valueBytes } from './feature-rows'
import { readFully, writeFully } from './positional'

export type { FeatureSource } from './feature-index'
export type { FeaturePrecision } from './feature-header'

/**
 * [Note: The feature store] Features of galaxies under one model, V views each: `features.f32` (or `.f16`, half precision) has fixed-size
 * rows [V, F], little-endian, `index.bin` says for each row which galaxy, image and state of its file it belongs to, `store.json` what all
 * rows have in common and which encoder made them. Rows are only ever appended, and features are on the disk before their index is written,
 * so a kill or a power cut at any point leaves whole rows and at most one tail to cut off; a changed image has another checksum and gets a
 * new row. One process at a time has the store open. Node has no memory map: reads are positional.
 */
export type FeatureStore = {
  readonly rowLength: number
  readonly precision: FeaturePrecision
  /** The row of this galaxy's features if they were made from this very image. */
  find: (galaxyKey: number, checksum: string) => number | null
  /** What the galaxy's kept features were made from; null when there are none. */
  kept: (galaxyKey: number) => { isOf: (checksum: string) => boolean; stamp: string } | null
  /** The file was touched and is still the same image. */
  restamp: (galaxyKey: number, stamp: string) => void
  /** Features [B, V, F] that the encoder `maker` made. Throws `features/too-large` in half precision. */
  append: (sources: readonly FeatureSource[], features_BVF: Float32Array, maker: string) => void
  /**
   * Features [rows, V, F], in the order of `rows`. Throws `features/damaged` when some are not finite; those rows are given up, so that the
   * next run makes them anew.
   */
  read: (rows: ArrayLike<number>) => Float32Array
  close: () => void
}

/** Waiting for the disk costs some ten milliseconds: a power cut in between loses the features of these seconds, no more. */
const SYNC_EVERY_MS = 5_000
/** A process whose parent was killed ends by itself, after the batch that it is at. */
const LOCK_WAIT_MS = 5_000

/** `precisionOfNew` is asked for the precision of a store that is started, where `precision` is left out. */
type StoreOptions = {
  precision?: FeaturePrecision | undefined
  precisionOfNew?: () => FeaturePrecision
  lockWaitMs?: number
  syncEveryMs?: number | undefined
}

/**
 * Opens the store of one model, or starts it; what was kept under another key, or in another precision than one that is asked for, is thrown
 * away. Without a precision a kept store stays as it is. Throws `features/in-use` when another process has it open.
 */
export function openFeatureStore(folder: string, key: StoreKey, options: StoreOptions = {}): FeatureStore {
  const { lockWaitMs = LOCK_WAIT_MS, syncEveryMs = SYNC_EVERY_MS } = options
  mkdirSync(folder, { recursive: true })
  const lock = takeFileLock(join(folder, 'store.lock'), lockWaitMs)
  if (lock === null)
    throw new AppError(
      'features/in-use',
      `Another process is writing the features in ${folder}. Wait until it has ended, then run this again.`,
    )
  try {
    return storeIn(folder, headerIn(folder, key, options), syncEveryMs, lock.release)
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The header of what is kept, if it is what is asked for, else a new one, with nothing kept. */
function headerIn(folder: string, key: StoreKey, { precision, precisionOfNew }: StoreOptions): StoreHeader {
  const path = join(folder, 'store.json')
  const kept = readStoreHeader(path)
  const isWanted = kept !== null && isOfKey(kept, key) && (precision ?? kept.precision) === kept.precision
  if (isWanted) return kept
  for (const name of ['store.json', ...Object.values(featuresFile), 'index.bin']) rmSync(join(folder, name), { force: true })
  const header: StoreHeader = { format: 3, ...key, precision: precision ?? precisionOfNew?.() ?? 'float32', makers: [] }
  writeStoreHeader(path, header)
  return header
}

function storeIn(folder: string, header: StoreHeader, syncEveryMs: number, release: () => void): FeatureStore {
  const { precision } = header
  const rowLength = header.views * header.featureCount
  const rowBytes = rowLength * valueBytes[precision]
  const features = openOrMake(join(folder, featuresFile[precision]))
  const indexFile = openOrMake(join(folder, 'index.bin'))
  const rowCount = Math.min(Math.floor(fstatSync(features).size / rowBytes), Math.floor(fstatSync(indexFile).size / INDEX_BYTES))
  ftruncateSync(features, rowCount * rowBytes)
  ftruncateSync(indexFile, rowCount * INDEX_BYTES)
  const entries = new Uint8Array(rowCount * INDEX_BYTES)
  readFully(indexFile, entries, 0)
  const index = createFeatureIndex(entries)
  let { makers } = header
  let indexedRows = rowCount
  let syncedAtMs = performance.now()

  function sync(): void {
    if (index.rowCount > indexedRows) {
      fsyncSync(features)
      writeFully(indexFile, index.bytesFrom(indexedRows), indexedRows * INDEX_BYTES)
      fsyncSync(indexFile)
      indexedRows = index.rowCount
    }
    syncedAtMs = performance.now()
  }

  /** Before the first row that it makes. What a maker wrote here and a kill then cut off is taken off the list. */
  function noteMaker(name: string): void {
    const before = makers.filter(({ fromRow }) => fromRow < index.rowCount)
    const isLast = before.at(-1)?.name === name
    if (isLast && before.length === makers.length) return
    makers = isLast ? before : [...before, { name, fromRow: index.rowCount }]
    writeStoreHeader(join(folder, 'store.json'), { ...header, makers })
  }

  return {
    rowLength,
    precision,
    find(galaxyKey, checksum) {
      const row = index.rowOf(galaxyKey)
      return row !== null && index.isOf(row, checksum) ? row : null
    },
    kept(galaxyKey) {
      const row = index.rowOf(galaxyKey)
      return row === null ? null : { isOf: (checksum) => index.isOf(row, checksum), stamp: index.stampOf(row) }
    },
    restamp(galaxyKey, stamp) {
      const row = index.rowOf(galaxyKey)
      if (row === null) throw new Error(`no features of galaxy ${galaxyKey}`)
      sync()
      writeFully(indexFile, Buffer.from(stamp, 'hex'), row * INDEX_BYTES + STAMP_AT)
      index.restamp(row, stamp)
    },
    append(sources, features_BVF, maker) {
      if (features_BVF.length !== sources.length * rowLength)
        throw new Error(`expected ${sources.length} rows of ${rowLength}, got ${features_BVF.length} values`)
      noteMaker(maker)
      writeFully(features, encodeFeatures(features_BVF, precision), index.rowCount * rowBytes)
      for (const source of sources) index.append(source)
      if (performance.now() - syncedAtMs >= syncEveryMs) sync()
    },
    read(rows) {
      const out = readRows(features, rows, rowLength, precision)
      const damaged = Array.from(rows).filter((_, i) => !isFinitePart(out, i * rowLength, (i + 1) * rowLength))
      if (damaged.length > 0) {
        sync()
        for (const row of damaged) writeFully(indexFile, Buffer.from(GIVEN_UP, 'hex'), row * INDEX_BYTES + IMAGE_AT)
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
        closeSync(indexFile)
        release()
      }
    },
  }
}

/** How the views of a kept store were drawn; null when nothing is kept. */
export function keptViewPlan(folder: string): { views: number; seed: number } | null {
  const header = readStoreHeader(join(folder, 'store.json'))
  return header && { views: header.views, seed: header.viewSeed }
}

const openOrMake = (path: string) => openSync(path, existsSync(path) ? 'r+' : 'w+')
