import { readSync } from 'node:fs'

/** A FITS file to read parts of; a part that lies beyond its end comes shorter, or empty. What is read must not be written to. */
export type FitsBytes = { readonly length: number; readonly read: (at: number, length: number) => Uint8Array }

export function bytesInMemory(file: Uint8Array): FitsBytes {
  return { length: file.length, read: (at, length) => file.subarray(at, at + length) }
}

/** Of an open file of `length` bytes, so that of a file of many images only the headers and one of them are read. */
export function bytesOnDisk(descriptor: number, length: number): FitsBytes {
  return {
    length,
    read(at, wanted) {
      const part = Buffer.allocUnsafeSlow(Math.max(0, Math.min(wanted, length - at)))
      let filled = 0
      while (filled < part.length) {
        const read = readSync(descriptor, part, filled, part.length - filled, at + filled)
        // The file became shorter since it was opened.
        if (read === 0) return part.subarray(0, filled)
        filled += read
      }
      return part
    },
  }
}
