/** zscale, the limits of IRAF and DS9 that show the sky: a straight line through a sample of the pixels in their order, sources left out. */

const SAMPLES = 1_000
const CONTRAST = 0.25
const MOST_REJECTED = 0.5
const LEAST_PIXELS = 5
const REJECT_SIGMAS = 2.5
const ITERATIONS = 5

/**
 * The limits of astropy's `ZScaleInterval()` for the finite values of an image [height · width] with its rows from the top down; null when there are
 * none. Rows are taken from the lowest up, as FITS files and astropy have them: which pixels are looked at depends on it.
 */
export function zscale(values: Float32Array | Uint8ClampedArray, widthPx: number): { low: number; high: number } | null {
  let finite = 0
  // By number: of millions of pixels this is twice as fast as an iterator, and the loop below has to.
  for (let i = 0, end = values.length; i < end; i++) if (Number.isFinite(values[i])) finite++
  if (finite === 0) return null
  const stride = Math.floor(Math.max(1, finite / SAMPLES))
  const samples = new Float64Array(Math.min(SAMPLES, Math.ceil(finite / stride)))
  let [seen, taken] = [0, 0]
  for (let row = values.length - widthPx; row >= 0; row -= widthPx)
    for (let i = row; i < row + widthPx; i++)
      if (Number.isFinite(values[i]) && seen++ % stride === 0 && taken < samples.length) samples[taken++] = values[i]!
  return limitsOf(samples.sort())
}

function limitsOf(samples: Float64Array): { low: number; high: number } {
  const count = samples.length
  const ends = { low: samples[0]!, high: samples[count - 1]! }
  const least = Math.max(LEAST_PIXELS, Math.floor(count * MOST_REJECTED))
  const grown = Math.max(1, Math.floor(count * 0.01))
  let rejected = new Uint8Array(count)
  let [good, goodBefore, slope] = [count, count + 1, 0]
  for (let i = 0; i < ITERATIONS && good < goodBefore && good >= least; i++) {
    const line = lineThrough(samples, rejected)
    slope = line.slope
    const off = samples.map((value, x) => value - (line.start + line.slope * x))
    const limit = REJECT_SIGMAS * deviation(off, rejected)
    for (let x = 0; x < count; x++) if (Math.abs(off[x]!) > limit) rejected[x] = 1
    rejected = widened(rejected, grown)
    goodBefore = good
    good = rejected.reduce((sum, is) => sum + 1 - is, 0)
  }
  if (good < least) return ends
  const middle = (count - 1) >> 1
  const median = (samples[middle]! + samples[count >> 1]!) / 2
  const steep = slope / CONTRAST
  return { low: Math.max(ends.low, median - (middle - 1) * steep), high: Math.min(ends.high, median + (count - middle) * steep) }
}

/** Least squares over the samples that are not rejected. */
function lineThrough(samples: Float64Array, rejected: Uint8Array): { start: number; slope: number } {
  let [n, sumX, sumY] = [0, 0, 0]
  for (let x = 0; x < samples.length; x++)
    if (!rejected[x]) {
      n++
      sumX += x
      sumY += samples[x]!
    }
  const [meanX, meanY] = [sumX / n, sumY / n]
  let [xx, xy] = [0, 0]
  for (let x = 0; x < samples.length; x++)
    if (!rejected[x]) {
      xx += (x - meanX) ** 2
      xy += (x - meanX) * (samples[x]! - meanY)
    }
  const slope = xx > 0 ? xy / xx : 0
  return { start: meanY - slope * meanX, slope }
}

function deviation(values: Float64Array, rejected: Uint8Array): number {
  const kept = values.filter((_, i) => !rejected[i])
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
  return Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length)
}

/** Neighbours of what is rejected are, as numpy.convolve(…, mode='same') has them: half a window before, one less after. */
function widened(rejected: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const before = Math.floor(width / 2)
  const found = new Uint8Array(rejected.length)
  rejected.forEach((is, x) => {
    if (is) found.fill(1, Math.max(0, x - (width - before - 1)), x + before + 1)
  })
  return found
}
