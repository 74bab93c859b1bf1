/** 2^-53: a uniform number is this many times a whole number of 53 bits. */
const unit = 2 ** -53

/**
 * Dirichlet-multinomial votes into the rows of `votes_DA`, as Pólya's urn: every vote makes its answer likelier by one. Faster than gamma
 * draws up to hundreds of votes. `words` [draws][votes][2]: the bits of one uniform number a vote, as `Random.next` would use them.
 *
 * Two draws go side by side and no answer ends the search for it early: a processor waits much longer for a branch that it could not foresee,
 * and for one vote to be counted before the next, than for the additions.
 */
export function drawVotes(words: Uint32Array, weight_A: Float64Array, votes: number, votes_DA: Int32Array): void {
  const answers = weight_A.length
  const draws = votes_DA.length / answers
  const last = answers - 1
  let total = 0
  for (const weight of weight_A) total += weight
  const now_A = new Float64Array(answers)
  const other_A = new Float64Array(answers)
  votes_DA.fill(0)
  for (let draw = 0; draw < draws; draw += 2) {
    // The last of an odd number of draws is made twice and counted once.
    const second = Math.min(draw + 1, draws - 1)
    now_A.set(weight_A)
    other_A.set(weight_A)
    for (let vote = 0; vote < votes; vote++) {
      const i = 2 * (draw * votes + vote)
      const j = 2 * (second * votes + vote)
      let left = ((words[i]! >>> 5) * 0x4000000 + (words[i + 1]! >>> 6)) * unit * (total + vote)
      let right = ((words[j]! >>> 5) * 0x4000000 + (words[j + 1]! >>> 6)) * unit * (total + vote)
      let a = 0
      let b = 0
      for (let answer = 0; answer < last; answer++) {
        left -= now_A[answer]!
        right -= other_A[answer]!
        a += Number(left >= 0)
        b += Number(right >= 0)
      }
      const counted = votes_DA[draw * answers + a]! + 1
      votes_DA[draw * answers + a] = counted
      now_A[a] = weight_A[a]! + counted
      if (second !== draw) {
        const countedToo = votes_DA[second * answers + b]! + 1
        votes_DA[second * answers + b] = countedToo
        other_A[b] = weight_A[b]! + countedToo
      }
    }
  }
}
