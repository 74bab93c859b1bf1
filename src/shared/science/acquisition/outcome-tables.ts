/**
 * The probabilities of votes on one question under K samples, put together from tables: P_t(votes) is the product over answers of one factor
 * for the votes of each, so what costs logarithms is done once per answer and number of votes, not once per outcome.
 */
export type OutcomeTables = {
  readonly answers: number
  readonly votes: number
  readonly samples: number
  /** [A][votes + 1][K]: the factor of each answer for 0 … votes votes, null where it could overflow. */
  readonly factor: Float64Array | null
  /** The same as logarithms. */
  readonly log: Float64Array
}

/** From here on factors could overflow: probabilities are then made from the logarithms, several times slower. */
const maxFactorVotes = 1000

/**
 * Tables from the weights of the answers in an urn, `weight_KA` [K · A]: votes are drawn one after the other, and each makes its answer
 * heavier by `step` (Pólya's urn). Step 1 is the Dirichlet-multinomial of these concentrations, step 0 the multinomial of these fractions:
 * P(votes) = N! / Π_{j < N} (total + j step) · Π_a Π_{j < votes_a} (weight_a + j step) / (j + 1). What does not depend on the outcome is spread
 * evenly over the votes, so that factors do not overflow, and only outcomes that cannot happen underflow.
 */
export function urnTables(weight_KA: Float64Array, answers: number, votes: number, step: 0 | 1): OutcomeTables {
  const samples = weight_KA.length / answers
  const factor = new Float64Array(answers * (votes + 1) * samples)
  const log = new Float64Array(factor.length)
  const logVotes = Float64Array.from({ length: votes }, (_, j) => Math.log(j + 1))
  for (let t = 0; t < samples; t++) {
    let total = 0
    for (let a = 0; a < answers; a++) total += weight_KA[t * answers + a]!
    let logConstant = 0
    for (let j = 0; j < votes; j++) logConstant -= step === 0 ? logOf(total) - logVotes[j]! : Math.log((total + j) / (j + 1))
    const logShare = votes === 0 ? 0 : logConstant / votes
    const share = Math.exp(logShare)
    for (let a = 0; a < answers; a++) {
      const weight = weight_KA[t * answers + a]!
      let at = a * (votes + 1) * samples + t
      // Where nothing is added the logarithms are multiples of one.
      const logWeight = step === 0 ? logOf(weight) : 0
      let product = 1
      let sum = 0
      factor[at] = 1
      for (let j = 0; j < votes; j++) {
        const ratio = (weight + j * step) / (j + 1)
        product *= ratio * share
        sum += (step === 0 ? logWeight - logVotes[j]! : Math.log(ratio)) + logShare
        at += samples
        factor[at] = product
        log[at] = sum
      }
    }
  }
  return { answers, votes, samples, factor: votes > maxFactorVotes ? null : factor, log }
}

/** No outcome with a factor of 0 can happen; its logarithm must not make 0 · -Infinity. */
function logOf(weight: number): number {
  return weight === 0 ? -1e6 : Math.log(weight)
}

/** The mean divergence of the samples from their mean over all outcomes, in nats: see [Note: Mutual information]. */
export function exactInformation(tables: OutcomeTables): number {
  const { answers, votes, samples, factor, log } = tables
  if (answers < 2) return 0
  const rowsOfAnswer = (votes + 1) * samples
  /** Of the answers gone through so far, per level [A - 1][K]: products of factors and sums of logarithms. */
  const product = new Float64Array((answers - 1) * samples).fill(1)
  const logSum = new Float64Array((answers - 1) * samples)
  const lastTwo = answers - 2
  const logSamples = Math.log(samples)
  let information = 0

  /** The last two answers share what is left, in every way. */
  const visitLastTwo = (left: number): void => {
    const level = lastTwo * samples
    for (let k = 0; k <= left; k++) {
      const first = lastTwo * rowsOfAnswer + k * samples
      const second = (lastTwo + 1) * rowsOfAnswer + (left - k) * samples
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
  }
  const visit = (answer: number, left: number): void => {
    if (answer === lastTwo) {
      visitLastTwo(left)
      return
    }
    const level = answer * samples
    for (let k = 0; k <= left; k++) {
      const row = answer * rowsOfAnswer + k * samples
      for (let t = 0; t < samples; t++) {
        product[level + samples + t] = factor === null ? 0 : product[level + t]! * factor[row + t]!
        logSum[level + samples + t] = logSum[level + t]! + log[row + t]!
      }
      visit(answer + 1, left - k)
    }
  }
  visit(0, votes)
  return information / samples
}

/** ln P_t of these votes less ln of the mean of P over samples. `work` [K] is overwritten. */
export function logRatioToMean(tables: OutcomeTables, votes_A: Int32Array, sample: number, work: Float64Array): number {
  const { answers, votes, samples, factor, log } = tables
  const table = factor ?? log
  const rowsOfAnswer = (votes + 1) * samples
  let logP = 0
  for (let a = 0; a < answers; a++) {
    const row = a * rowsOfAnswer + votes_A[a]! * samples
    logP += log[row + sample]!
    if (a === 0) for (let t = 0; t < samples; t++) work[t] = table[row + t]!
    else if (factor === null) for (let t = 0; t < samples; t++) work[t] = work[t]! + table[row + t]!
    else for (let t = 0; t < samples; t++) work[t] = work[t]! * table[row + t]!
  }
  let mean = 0
  for (let t = 0; t < samples; t++) mean += factor === null ? Math.exp(work[t]!) : work[t]!
  return logP - Math.log(mean / samples)
}
