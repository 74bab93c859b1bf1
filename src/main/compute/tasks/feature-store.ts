import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * [Note: The feature store] Features of galaxies under one model, V views each: `features.f32` has fixed-size rows [V, F] of little-endian
 * float32, `index.bin` says for each row which galaxy key (int32) and which image (the first 8 bytes of its checksum) it belongs to. Rows
 * are only ever appended, features before index, so a kill at any point leaves whole rows and at most one tail to cut off; a changed image
 * has another checksum and gets a new row. Node has no memory map: reads are positional.
 */
export type FeatureStore = {
  readonly rowLength: number
  /** The row of this galaxy's features if they were made from this very image. */
  find: (galaxyKey: number, checksum: string) => number | null
  append: (galaxyKeys: readonly number[], checksums: readonly string[], features_BVF: Float32Array) => void
  /** Features [rows, V, F], in the order of `rows`. */
  read: (rows: readonly number[]) => Float32Array
  close: () => void
}

const INDEX_BYTES = 12
const headerSchema = z.object({ weightsSha256: z.string(), views: z.number(), viewSeed: z.number(), featureCount: z.number() })
type Header = z.infer<typeof headerSchema>

/** Opens the store of one model, or starts it; what was kept under other weights, views or seeds is thrown away, not mixed in. */
export function openFeatureStore(folder: string, header: Header): FeatureStore {
  mkdirSync(folder, { recursive: true })
  const headerPath = join(folder, 'store.json')
  if (!isSameHeader(headerPath, header)) {
    for (const name of ['store.json', 'features.f32', 'index.bin']) rmSync(join(folder, name), { force: true })
    writeFileSync(`${headerPath}.new`, JSON.stringify(header))
    renameSync(`${headerPath}.new`, headerPath)
  }
  const rowLength = header.views * header.featureCount
  const rowBytes = rowLength * 4
  const features = openSync(join(folder, 'features.f32'), existsSync(join(folder, 'features.f32')) ? 'r+' : 'w+')
  const index = openSync(join(folder, 'index.bin'), existsSync(join(folder, 'index.bin')) ? 'r+' : 'w+')
  let rowCount = Math.min(Math.floor(fstatSync(features).size / rowBytes), Math.floor(fstatSync(index).size / INDEX_BYTES))
  ftruncateSync(features, rowCount * rowBytes)
  ftruncateSync(index, rowCount * INDEX_BYTES)

  const rows = new Map<number, { row: number; image: string }>()
  const entries = Buffer.alloc(rowCount * INDEX_BYTES)
  readFully(index, entries, 0)
  for (let row = 0; row < rowCount; row++) {
    const at = row * INDEX_BYTES
    rows.set(entries.readInt32LE(at), { row, image: entries.toString('hex', at + 4, at + INDEX_BYTES) })
  }

  return {
    rowLength,
    find(galaxyKey, checksum) {
      const entry = rows.get(galaxyKey)
      return entry?.image === imageOf(checksum) ? entry.row : null
    },
    append(galaxyKeys, checksums, features_BVF) {
      if (features_BVF.length !== galaxyKeys.length * rowLength)
        throw new Error(`expected ${galaxyKeys.length} rows of ${rowLength}, got ${features_BVF.length} values`)
      const added = Buffer.alloc(galaxyKeys.length * INDEX_BYTES)
      galaxyKeys.forEach((galaxyKey, i) => {
        added.writeInt32LE(galaxyKey, i * INDEX_BYTES)
        added.write(imageOf(checksums[i]!), i * INDEX_BYTES + 4, 'hex')
      })
      writeFully(features, Buffer.from(features_BVF.buffer, features_BVF.byteOffset, features_BVF.byteLength), rowCount * rowBytes)
      writeFully(index, added, rowCount * INDEX_BYTES)
      galaxyKeys.forEach((galaxyKey, i) => rows.set(galaxyKey, { row: rowCount + i, image: imageOf(checksums[i]!) }))
      rowCount += galaxyKeys.length
    },
    read(wanted) {
      const out = new Float32Array(wanted.length * rowLength)
      wanted.forEach((row, i) => {
        readFully(features, Buffer.from(out.buffer, i * rowBytes, rowBytes), row * rowBytes)
      })
      return out
    },
    close() {
      closeSync(features)
      closeSync(index)
    },
  }
}

/** How the views of a kept store were drawn; null when nothing is kept. */
export function keptViewPlan(folder: string): { views: number; seed: number } | null {
  const path = join(folder, 'store.json')
  if (!existsSync(path)) return null
  const { views, viewSeed } = headerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  return { views, seed: viewSeed }
}

const imageOf = (checksum: string) => checksum.slice(0, 16).padStart(16, '0')

function isSameHeader(path: string, header: Header): boolean {
  if (!existsSync(path)) return false
  const kept = headerSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  return kept.success && (Object.keys(header) as (keyof Header)[]).every((name) => kept.data[name] === header[name])
}

function readFully(file: number, into: Buffer, position: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(file, into, done, into.length - done, position + done)
    if (count === 0) throw new Error('the feature store ends before its index says')
    done += count
  }
}

function writeFully(file: number, from: Buffer, position: number): void {
  for (let done = 0; done < from.length;) done += writeSync(file, from, done, from.length - done, position + done)
}
