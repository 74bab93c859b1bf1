import { closeSync, fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isOfKey, readStoreHeader, type StoreHeader } from './feature-header'
import { createFeatureIndex, IMAGE_AT, INDEX_BYTES } from './feature-index'
import { featuresFile, isFinitePart, readRows, valueBytes } from './feature-rows'
import { readFully } from './positional'

/** Whose features are wanted, and the checksum of the image that they should be of. */
export type WantedFeatures = { readonly galaxyKey: number; readonly checksum: string }

/** The rows that a store had when they were last looked for: the newest of each galaxy by its key, -1 for none. */
type KnownRows = { readonly store: string; readonly count: number; readonly row_G: Int32Array }

/** Reads features that another process may be writing at the moment. */
export type FeatureReader = {
  /**
   * Hands over the features [F] of each galaxy, the mean over its kept views, by its place in `wanted`; null where none of this image are kept. False
   * when the store is not there or is of other weights. Other work of the thread runs in between.
   */
  read: (wanted: readonly WantedFeatures[], take: (index: number, features_F: Float32Array | null) => void) => Promise<boolean>
}

const GALAXIES_AT_ONCE = 64
const ENTRIES_AT_ONCE = 65_536

/**
 * A reader of the features that the model of these weights has left in `folder`, see [Note: The feature store]. It takes no lock and writes nothing:
 * rows are on the disk before their index, and never change. Of the whole survey it holds 4 bytes per galaxy; features are read where they are asked for.
 */
export function createFeatureReader(folder: string, weightsSha256: string): FeatureReader {
  let known: KnownRows | null = null
  return {
    async read(wanted, take) {
      const store = openStore(folder, weightsSha256)
      if (store === null) return false
      try {
        known = knownRows(store, known)
        const { row_G } = known
        for (let start = 0; start < wanted.length; start += GALAXIES_AT_ONCE) {
          if (start > 0) await setImmediate()
          wanted
            .slice(start, start + GALAXIES_AT_ONCE)
            .forEach((galaxy, i) => take(start + i, featuresOf(store, row_G[galaxy.galaxyKey] ?? -1, galaxy)))
        }
        return true
      } finally {
        closeSync(store.features)
        closeSync(store.index)
      }
    },
  }
}

type OpenStore = { readonly header: StoreHeader; readonly features: number; readonly index: number }

function openStore(folder: string, weightsSha256: string): OpenStore | null {
  const path = join(folder, 'store.json')
  const header = readStoreHeader(path)
  if (header === null || header.weightsSha256 !== weightsSha256) return null
  const features = openOrNull(join(folder, featuresFile[header.precision]))
  const index = openOrNull(join(folder, 'index.bin'))
  // A store that is begun anew loses its header first: if that still holds now, both files are its own.
  const after = readStoreHeader(path)
  if (features !== null && index !== null && after !== null && isOfKey(after, header) && after.precision === header.precision)
    return { header, features, index }
  for (const file of [features, index]) if (file !== null) closeSync(file)
  return null
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Looks through the entries that came since. */
function knownRows({ index, features, header }: OpenStore, before: KnownRows | null): KnownRows {
  // Of a file that was made anew the number may be that of the one before.
  const numbers = [index, features].map((file) => String(fstatSync(file, { bigint: true }).ino))
  const store = JSON.stringify([{ ...header, makers: null }, numbers])
  const rowBytes = header.views * header.featureCount * valueBytes[header.precision]
  const count = Math.min(Math.floor(fstatSync(index).size / INDEX_BYTES), Math.floor(fstatSync(features).size / rowBytes))
  const isSame = before?.store === store && before.count <= count
  let row_G = isSame ? before.row_G : new Int32Array(0)
  for (let start = isSame ? before.count : 0; start < count; start += ENTRIES_AT_ONCE) {
    const entries = readEntries(index, start, Math.min(ENTRIES_AT_ONCE, count - start))
    for (let at = 0, row = start; at < entries.length; at += INDEX_BYTES, row++) {
      // All bits set is `GIVEN_UP`, read as numbers because there may be a million of them.
      if (entries.readInt32LE(at + IMAGE_AT) === -1 && entries.readInt32LE(at + IMAGE_AT + 4) === -1) continue
      const galaxyKey = entries.readInt32LE(at)
      if (galaxyKey >= row_G.length) row_G = longer(row_G, galaxyKey + 1)
      row_G[galaxyKey] = row
    }
  }
  return { store, count, row_G }
}

function readEntries(index: number, start: number, count: number): Buffer {
  const entries = Buffer.alloc(count * INDEX_BYTES)
  readFully(index, entries, start * INDEX_BYTES)
  return entries
}

/** At least `length`, and twice as long as before: keys come in their order. */
function longer(row_G: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(Math.max(length, 2 * row_G.length)).fill(-1)
  grown.set(row_G)
  return grown
}

/** The mean over the views [F] of a row that still is of this image; null where it is of another, was given up, or is damaged. */
function featuresOf({ header, index, features }: OpenStore, row: number, { galaxyKey, checksum }: WantedFeatures): Float32Array | null {
  if (row === -1) return null
  const entry = createFeatureIndex(readEntries(index, row, 1))
  if (entry.rowOf(galaxyKey) === null || !entry.isOf(0, checksum)) return null
  const { views, featureCount, precision } = header
  const values_VF = readRows(features, [row], views * featureCount, precision)
  if (!isFinitePart(values_VF, 0, values_VF.length)) return null
  const mean_F = new Float32Array(featureCount)
  for (let i = 0; i < values_VF.length; i++) mean_F[i % featureCount]! += values_VF[i]! / views
  return mean_F
}
