import { crc32 } from 'node:zlib'

/** Numbers in [-1, 1) from a name, the same in every language: as in test/reference/efficientnet_b0.py. */
export function spread(name: string, count: number): number[] {
  return Array.from(hashes(name, count), (hash) => hash / 2 ** 31 - 1)
}

/** 32 random bits for each of `count` places. */
export function hashes(name: string, count: number): Uint32Array {
  const start = crc32(name)
  return Uint32Array.from({ length: count }, (_, i) => {
    let h = (start + Math.imul(i, 0x9e3779b9)) >>> 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  })
}

/** A weight of the size that training starts with, by its name: the same whatever initialisers and generators do. */
export function formulaWeight(name: string, shape: readonly number[]): Float32Array {
  const values = spread(
    name,
    shape.reduce((product, side) => product * side, 1),
  )
  const kind = name.slice(name.lastIndexOf('/') + 1)
  if (kind.endsWith('kernel')) {
    const fanIn = name.endsWith('depthwise/kernel')
      ? shape[0]! * shape[1]!
      : shape.slice(0, -1).reduce((product, side) => product * side, 1)
    return Float32Array.from(values, (u) => u * Math.sqrt(6 / fanIn))
  }
  if (kind === 'gamma') return Float32Array.from(values, (u) => 1 + 0.2 * u)
  return Float32Array.from(values, (u) => (kind === 'moving_variance' ? 1 + 0.5 * u : 0.2 * u))
}
