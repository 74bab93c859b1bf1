import { readSync, writeSync } from 'node:fs'

/** Fills `into` from this place of an open file: one read may give less than was asked for. Throws when the file ends before. */
export function readFully(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(file, into, done, into.length - done, position + done)
    if (count === 0) throw new Error('the file ends before its index says')
    done += count
  }
}

/** Writes all of `from` at this place of an open file. */
export function writeFully(file: number, from: Uint8Array, position: number): void {
  for (let done = 0; done < from.length;) done += writeSync(file, from, done, from.length - done, position + done)
}
