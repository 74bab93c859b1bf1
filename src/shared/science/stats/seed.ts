/** What tells one stream of random numbers from another: a galaxy's id, a round, a purpose. */
export type SeedPart = number | string

/**
 * Four 32-bit words from a seed and any parts, alike on every machine. Different parts give unrelated words; the parts `('a', 'b')` and
 * `('ab')`, or `1` and `'1'`, are different. A hash for spreading seeds, not for secrets: FNV-1a steps in four lanes, MurmurHash3's finish.
 */
export function hashSeed(seed: number, ...parts: readonly SeedPart[]): Uint32Array {
  const text = [seed, ...parts].map((part) => (typeof part === 'number' ? `n${part}` : `s${part.length}:${part}`)).join('|')
  const words = Uint32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    for (let lane = 0; lane < 4; lane++) words[lane] = Math.imul(words[lane]! ^ (code + lane * 0x10001), 0x01000193 + lane * 0x5bd1e994)
  }
  // The multiplications only carry upwards: without this the last characters would leave the low bits alike in all lanes.
  for (let round = 0; round < 2; round++) {
    for (let lane = 0; lane < 4; lane++) words[lane] = finish(words[lane]! + words[(lane + 1) & 3]!)
  }
  return words
}

/** A whole number below 2^53 for another generator's seed: `deriveSeed(seed, 'views', galaxyId)`. */
export function deriveSeed(seed: number, ...parts: readonly SeedPart[]): number {
  const [high, low] = hashSeed(seed, ...parts)
  return (high! >>> 11) * 2 ** 32 + low!
}

function finish(word: number): number {
  let h = word ^ (word >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
