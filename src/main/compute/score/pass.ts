import { samplesWidth } from '@shared/science/acquisition/candidates'
import { readRing } from './ring'
import { createRowScorer, type Scoring } from './row-scorer'
import { openRows, type RowSource } from './source'

/**
 * One pass over rows, as plain data and shared memory: any number of threads work on it at once. Chunks are handed out by `control`, in any
 * order; a galaxy's score depends on its own samples alone and a chunk's spread has a place of its own, so results are the same to the last
 * bit on any number of threads.
 */
export type Pass = {
  readonly scoring: Scoring
  readonly source: RowSource
  readonly kernel: WebAssembly.Module | null
  readonly rowCount: number
  /** Galaxies per chunk. */
  readonly chunkRows: number
  /** [rowCount]: the place of each row in the source; null where that is the row's number. */
  readonly places: Int32Array | null
  /** [rowCount]: which galaxy each row is; null where that is the row's number. */
  readonly galaxies: Int32Array | null
  /** [rowCount] on shared memory. */
  readonly scores: Float64Array
  /** [chunks] on shared memory: the sums of the spreads of their galaxies. */
  readonly spreads: Float64Array
  /** On shared memory; see `words`. */
  readonly control: Int32Array
}

/** Places in `Pass.control`: the next chunk to be handed out, chunks done, whether to stop, whether a thread failed. */
export const words = { next: 0, done: 1, stop: 2, failed: 3 } as const

/** About what a core's own cache holds beside the kernel's work: chunks of more bytes are read from slower memory twice. */
const CHUNK_BYTES = 256 * 1024

/** How many galaxies of K · A = `width` samples a chunk has: whole groups of four. */
export function chunkRowsOf(width: number): number {
  return 4 * Math.max(1, Math.min(256, Math.floor(CHUNK_BYTES / (16 * width))))
}

/** A pass over all `rowCount` rows of a source, with new shared memory for what comes of it. */
export function createPass(
  given: Pick<Pass, 'scoring' | 'source' | 'kernel' | 'rowCount'> & Partial<Pick<Pass, 'places' | 'galaxies'>>,
): Pass {
  const { rowCount } = given
  const chunkRows = chunkRowsOf(samplesWidth(given.scoring.prediction))
  return {
    places: null,
    galaxies: null,
    ...given,
    chunkRows,
    scores: new Float64Array(new SharedArrayBuffer(8 * rowCount)),
    spreads: new Float64Array(new SharedArrayBuffer(8 * Math.ceil(rowCount / chunkRows))),
    control: new Int32Array(new SharedArrayBuffer(4 * Object.keys(words).length)),
  }
}

/** Works on a pass in this thread: every `next()` does one chunk. Ends when none is left or the pass is stopped. */
export function* workOn(pass: Pass): Generator<void, void> {
  const { source, control, chunkRows, rowCount, places, galaxies } = pass
  const width = samplesWidth(pass.scoring.prediction)
  const scorer = createRowScorer(pass.scoring, pass.kernel, chunkRows)
  const reader = source.kind === 'ring' ? readRing(source, width, chunkRows) : openRows(source, width)
  try {
    for (;;) {
      const chunk = Atomics.add(control, words.next, 1)
      if (chunk >= pass.spreads.length || Atomics.load(control, words.stop) !== 0) return
      const first = chunk * chunkRows
      const count = Math.min(chunkRows, rowCount - first)
      if (!reader.read(places === null ? first : places.subarray(first, first + count), count, scorer.rows)) return
      pass.spreads[chunk] = scorer.score(count, (row) => galaxies?.[first + row] ?? first + row, pass.scores, first)
      reader.done(first)
      Atomics.add(control, words.done, 1)
      yield
    }
  } finally {
    reader.close()
  }
}
