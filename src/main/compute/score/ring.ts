/**
 * @file A ring of chunks between one thread that makes samples and the threads that score them: chunk c lies in slot c mod S, and is written
 * over when it has been scored. Nobody needs an event loop to wait, so that a maker who is never at rest can be held back.
 */
import type { RowReader, RowSource } from './source'

export type Ring = RowSource & { kind: 'ring' }

/** Places in `Ring.state`: chunks published, whether no more will come, and from `scored` on how often each slot was scored. */
const places = { published: 0, closed: 1, scored: 2 } as const

/** How long to sleep before looking whether a thread has failed. */
const LOOK_MS = 100

export function createRing(width: number, chunkRows: number, slots: number): Ring {
  const values = new Float32Array(new SharedArrayBuffer(4 * width * chunkRows * slots))
  return { kind: 'ring', values, slots, state: new Int32Array(new SharedArrayBuffer(4 * (places.scored + slots))) }
}

/** Where the rows of a chunk lie. */
export function chunkValues({ values, slots }: Ring, chunk: number): Float32Array {
  const size = values.length / slots
  const slot = chunk % slots
  return values.subarray(slot * size, (slot + 1) * size)
}

/** Says that a chunk is written. Chunks are published in order. */
export function publish({ state }: Ring, chunk: number): void {
  Atomics.store(state, places.published, chunk + 1)
  Atomics.notify(state, places.published)
}

/** Says that no more chunks will come. */
export function closeRing({ state }: Ring): void {
  Atomics.store(state, places.closed, 1)
  Atomics.notify(state, places.published)
}

/** Waits in this thread until a chunk was scored; false when `hasFailed` says that it will not be. */
export function waitUntilScored({ state, slots }: Ring, chunk: number, hasFailed: () => boolean): boolean {
  const place = places.scored + (chunk % slots)
  const times = Math.floor(chunk / slots) + 1
  for (;;) {
    const scored = Atomics.load(state, place)
    if (scored >= times) return true
    if (hasFailed()) return false
    Atomics.wait(state, place, scored, LOOK_MS)
  }
}

/** Reads chunks as they are published; null ends the reading thread's work. */
export function readRing(ring: Ring, width: number, chunkRows: number): RowReader {
  const { state, slots } = ring
  return {
    read(rows, count, into) {
      const chunk = Math.floor((rows as number) / chunkRows)
      for (;;) {
        const published = Atomics.load(state, places.published)
        if (published > chunk) break
        if (Atomics.load(state, places.closed) !== 0) return false
        Atomics.wait(state, places.published, published, LOOK_MS)
      }
      into.set(chunkValues(ring, chunk).subarray(0, count * width))
      return true
    },
    done(first) {
      const place = places.scored + (Math.floor(first / chunkRows) % slots)
      Atomics.add(state, place, 1)
      Atomics.notify(state, place)
    },
    close: () => undefined,
  }
}
