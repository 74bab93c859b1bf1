/**
 * The index of a feature store in memory, as it is on the disk: for each row 20 bytes, the galaxy key (int32, little-endian), which image
 * (the first 8 bytes of its checksum) and which state of its file (8 bytes, see `fileStamp`).
 */

/** Where a row comes from. `checksum`: SHA-256 of the image file. */
export type FeatureSource = { galaxyKey: number; checksum: string; stamp: string }

export const INDEX_BYTES = 20
export const IMAGE_AT = 4
export const STAMP_AT = 12
/** Stands for the image of a row that is not to be used. */
export const GIVEN_UP = 'ff'.repeat(8)

export type FeatureIndex = {
  readonly rowCount: number
  /** The newest usable row of a galaxy. */
  rowOf: (galaxyKey: number) => number | null
  isOf: (row: number, checksum: string) => boolean
  stampOf: (row: number) => string
  restamp: (row: number, stamp: string) => void
  append: (source: FeatureSource) => void
  /** The bytes of the rows from `start` on. */
  bytesFrom: (start: number) => Uint8Array
}

const shortOf = (checksum: string) => checksum.slice(0, 16).padStart(16, '0')

/** A map of row numbers and the bytes themselves: a million galaxies take 60 MB. */
export function createFeatureIndex(kept: Uint8Array): FeatureIndex {
  let bytes = Buffer.from(kept)
  let rowCount = kept.length / INDEX_BYTES
  const rows = new Map<number, number>()
  const hex = (row: number, from: number) => bytes.toString('hex', row * INDEX_BYTES + from, row * INDEX_BYTES + from + 8)
  for (let row = 0; row < rowCount; row++) if (hex(row, IMAGE_AT) !== GIVEN_UP) rows.set(bytes.readInt32LE(row * INDEX_BYTES), row)
  return {
    get rowCount() {
      return rowCount
    },
    rowOf: (galaxyKey) => rows.get(galaxyKey) ?? null,
    isOf: (row, checksum) => hex(row, IMAGE_AT) === shortOf(checksum),
    stampOf: (row) => hex(row, STAMP_AT),
    restamp: (row, stamp) => void bytes.write(stamp, row * INDEX_BYTES + STAMP_AT, 'hex'),
    append({ galaxyKey, checksum, stamp }) {
      const at = rowCount * INDEX_BYTES
      if (at === bytes.length) bytes = Buffer.concat([bytes], Math.max(1024 * INDEX_BYTES, 2 * at))
      bytes.writeInt32LE(galaxyKey, at)
      bytes.write(shortOf(checksum), at + IMAGE_AT, 'hex')
      bytes.write(stamp, at + STAMP_AT, 'hex')
      rows.set(galaxyKey, rowCount++)
    },
    bytesFrom: (start) => bytes.subarray(start * INDEX_BYTES, rowCount * INDEX_BYTES),
  }
}
