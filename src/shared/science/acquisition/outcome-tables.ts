/**
 * The probabilities of votes on one question under K samples, put together from tables: P_t(votes) is the product over answers of one factor
 * for the votes of each, so nothing costs a logarithm or an exponential per outcome and sample.
 */
export type OutcomeTables = {
  readonly answers: number
  readonly votes: number
  readonly samples: number
  /** [A][votes + 1][K]: the factor of each answer for 0 … votes votes, null where it could overflow. */
  readonly factor: Float64Array | null
  /** The same as logarithms; null where the factors are enough. */
  readonly log: Float64Array | null
}

/** From here on factors could overflow: probabilities are then made from the logarithms, several times slower. */
const maxFactorVotes = 1000

/**
 * Tables from the weights of the answers in an urn, `weight_KA` [K · A]: votes are drawn one after the other, and each makes its answer
 * heavier by `step` (Pólya's urn). Step 1 is the Dirichlet-multinomial of these concentrations, step 0 the multinomial of these fractions:
 * P(votes) = N! / Π_{j < N} (total + j step) · Π_a Π_{j < votes_a} (weight_a + j step) / (j + 1). What does not depend on the outcome is spread
 * evenly over the votes, so that factors do not overflow, and only outcomes that cannot happen underflow. `needsLog` asks for both tables.
 * The tables are good until the next call.
 */
export function urnTables(weight_KA: Float64Array, answers: number, votes: number, step: 0 | 1, needsLog: boolean): OutcomeTables {
  const samples = weight_KA.length / answers
  const hasFactors = votes <= maxFactorVotes
  const size = answers * (votes + 1) * samples
  const factor = hasFactors ? scratch('factor', size) : null
  const log = needsLog || !hasFactors ? scratch('log', size) : null
  for (let t = 0; t < samples; t++) {
    let total = 0
    for (let a = 0; a < answers; a++) total += weight_KA[t * answers + a]!
    const logShare = votes === 0 ? 0 : -logRisingFactorial(total, votes, step) / votes
    const share = Math.exp(logShare)
    for (let a = 0; a < answers; a++) {
      const weight = weight_KA[t * answers + a]!
      const start = a * (votes + 1) * samples + t
      if (factor !== null) fillFactors(factor, start, samples, votes, weight, step, share)
      if (log !== null) fillLogs(log, start, samples, votes, weight, step, logShare)
    }
  }
  return { answers, votes, samples, factor, log }
}

/** Memory by purpose, used again: asking for new memory for every question of every galaxy takes longer than filling it. */
const kept = new Map<string, Float64Array>()
function scratch(purpose: string, size: number): Float64Array {
  let memory = kept.get(purpose)
  if (memory === undefined || memory.length < size) kept.set(purpose, (memory = new Float64Array(size)))
  return memory.subarray(0, size)
}

/** Π_{j < k} (weight + j step) / (j + 1) · share for k = 0 … votes, every `stride` numbers from `start` on. */
function fillFactors(
  factor: Float64Array,
  start: number,
  stride: number,
  votes: number,
  weight: number,
  step: number,
  share: number,
): void {
  let product = 1
  factor[start] = 1
  for (let j = 0, at = start + stride; j < votes; j++, at += stride) {
    product *= ((weight + j * step) / (j + 1)) * share
    factor[at] = product
  }
}

/** The logarithms of the same. */
function fillLogs(log: Float64Array, start: number, stride: number, votes: number, weight: number, step: number, logShare: number): void {
  // Where nothing is added the logarithms are multiples of one.
  const logWeight = step === 0 ? logOf(weight) : 0
  let sum = 0
  log[start] = 0
  for (let j = 0, at = start + stride; j < votes; j++, at += stride) {
    sum += (step === 0 ? logWeight - logOfCount(j + 1) : Math.log((weight + j) / (j + 1))) + logShare
    log[at] = sum
  }
}

/** ln Π_{j < n} (weight + j step) / (j + 1): of products as long as they are safe from overflow. */
function logRisingFactorial(weight: number, n: number, step: number): number {
  let result = 0
  let product = 1
  for (let j = 0; j < n; j++) {
    product *= (weight + j * step) / (j + 1)
    if (product > 1e-200 && product < 1e200) continue
    result += Math.log(product)
    product = 1
  }
  return result + Math.log(product)
}

const logCounts: number[] = []
/** ln n for whole n from 1. */
function logOfCount(n: number): number {
  while (logCounts.length < n) logCounts.push(Math.log(logCounts.length + 1))
  return logCounts[n - 1]!
}

/** No outcome with a factor of 0 can happen; its logarithm must not make 0 · -Infinity. */
function logOf(weight: number): number {
  return weight === 0 ? -1e6 : Math.log(weight)
}

/** The mean divergence of the samples from their mean over all outcomes, in nats: see [Note: Mutual information]. */
export function exactInformation(tables: OutcomeTables): number {
  if (tables.log === null) throw new Error('the information of all outcomes needs logarithms')
  if (tables.answers < 2) return 0
  const { answers, samples } = tables
  /** Of the answers gone through so far, per level [A - 1][K]: products of factors and sums of logarithms. */
  const product = scratch('product', (answers - 1) * samples).fill(1)
  const logSum = scratch('logSum', (answers - 1) * samples).fill(0)
  return visit(tables, tables.log, product, logSum, 0, tables.votes) / samples
}

/** Σ_t P_t (ln P_t - ln mean P) over the outcomes in which the answers from `answer` on share `left` votes. */
function visit(
  tables: OutcomeTables,
  log: Float64Array,
  product: Float64Array,
  logSum: Float64Array,
  answer: number,
  left: number,
): number {
  const { answers, votes, samples, factor } = tables
  if (answer === answers - 2) return visitLastTwo(tables, log, product, logSum, left)
  const level = answer * samples
  let information = 0
  for (let k = 0; k <= left; k++) {
    const row = (answer * (votes + 1) + k) * samples
    for (let t = 0; t < samples; t++) {
      if (factor !== null) product[level + samples + t] = product[level + t]! * factor[row + t]!
      logSum[level + samples + t] = logSum[level + t]! + log[row + t]!
    }
    information += visit(tables, log, product, logSum, answer + 1, left - k)
  }
  return information
}

function visitLastTwo(tables: OutcomeTables, log: Float64Array, product: Float64Array, logSum: Float64Array, left: number): number {
  const { answers, votes, samples, factor } = tables
  const level = (answers - 2) * samples
  const logSamples = Math.log(samples)
  let information = 0
  for (let k = 0; k <= left; k++) {
    const first = ((answers - 2) * (votes + 1) + k) * samples
    const second = ((answers - 1) * (votes + 1) + left - k) * samples
    let mean = 0
    let logMean = 0
    for (let t = 0; t < samples; t++) {
      const logP = logSum[level + t]! + log[first + t]! + log[second + t]!
      const p = factor === null ? Math.exp(logP) : product[level + t]! * factor[first + t]! * factor[second + t]!
      mean += p
      logMean += p * logP
    }
    // Not ln(mean / K): the mean may be the smallest number there is.
    if (mean !== 0) information += logMean - mean * (Math.log(mean) - logSamples)
  }
  return information
}

/** ln P_t of the votes of row `from` of `votes_DA`, less ln of the mean of P over samples. `work` [K] is overwritten. */
export function logRatioToMean(tables: OutcomeTables, votes_DA: Int32Array, from: number, sample: number, work: Float64Array): number {
  const { answers, votes, samples, factor } = tables
  const table = factor ?? tables.log!
  const rowsOfAnswer = (votes + 1) * samples
  for (let a = 0; a < answers; a++) {
    const row = a * rowsOfAnswer + votes_DA[from + a]! * samples
    if (a === 0) for (let t = 0; t < samples; t++) work[t] = table[row + t]!
    else if (factor === null) for (let t = 0; t < samples; t++) work[t] = work[t]! + table[row + t]!
    else for (let t = 0; t < samples; t++) work[t] = work[t]! * table[row + t]!
  }
  let mean = 0
  const own = work[sample]!
  if (factor !== null) {
    for (let t = 0; t < samples; t++) mean += work[t]!
    return Math.log((own * samples) / mean)
  }
  for (let t = 0; t < samples; t++) mean += Math.exp(work[t]! - own)
  return Math.log(samples / mean)
}
