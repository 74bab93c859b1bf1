/** The radius within which two catalogue entries are taken for one galaxy. */
export const SKY_GROUP_RADIUS_ARCSEC = 2

const RADIANS = Math.PI / 180

/**
 * Groups of positions that lie within `radiusArcsec` of each other, directly or over others between them. Returns per position [N] the
 * smallest index of its group, its own where it is alone or where a coordinate is NaN (unknown). Distances are chords between unit vectors:
 * right at the poles and over RA 0. Positions are swept in order of declination, which two neighbours can differ in by at most the radius.
 */
export function skyGroups(raDeg: Float64Array, decDeg: Float64Array, radiusArcsec = SKY_GROUP_RADIUS_ARCSEC): Int32Array {
  const parent = Int32Array.from({ length: raDeg.length }, (_, i) => i)
  const { order, looseDeg } = orderByDeclination(raDeg, decDeg)
  const xyz = unitVectors(order, raDeg, decDeg)
  const radiusDeg = radiusArcsec / 3600
  const chordSquared = (2 * Math.sin((radiusDeg * RADIANS) / 2)) ** 2
  for (let a = 0; a < order.length; a++) {
    const highest = decDeg[order[a]!]! + radiusDeg + looseDeg
    for (let b = a + 1; b < order.length && decDeg[order[b]!]! <= highest; b++) {
      const dx = xyz[3 * a]! - xyz[3 * b]!
      const dy = xyz[3 * a + 1]! - xyz[3 * b + 1]!
      const dz = xyz[3 * a + 2]! - xyz[3 * b + 2]!
      if (dx * dx + dy * dy + dz * dz <= chordSquared) join(parent, order[a]!, order[b]!)
    }
  }
  return parent.map((_, i) => find(parent, i))
}

/**
 * The positions that are known, by declination; positions less than `looseDeg` apart may stand in either order. Each declination carries its index
 * in one number, because numbers alone are sorted natively: a million in a fifth of the time that a comparison function takes.
 */
function orderByDeclination(raDeg: Float64Array, decDeg: Float64Array): { order: Uint32Array; looseDeg: number } {
  const count = raDeg.length
  const stepsPerDeg = Math.floor(Number.MAX_SAFE_INTEGER / Math.max(1, count) / 181)
  const keys = new Float64Array(count)
  let known = 0
  for (let i = 0; i < count; i++) {
    if (!Number.isNaN(raDeg[i]!) && !Number.isNaN(decDeg[i]!)) keys[known++] = Math.floor((decDeg[i]! + 90) * stepsPerDeg) * count + i
  }
  return { order: Uint32Array.from(keys.subarray(0, known).sort(), (key) => key % count), looseDeg: 1 / stepsPerDeg }
}

function unitVectors(order: Uint32Array, raDeg: Float64Array, decDeg: Float64Array): Float64Array {
  const xyz = new Float64Array(3 * order.length)
  order.forEach((i, at) => {
    const [ra, dec] = [raDeg[i]! * RADIANS, decDeg[i]! * RADIANS]
    xyz[3 * at] = Math.cos(dec) * Math.cos(ra)
    xyz[3 * at + 1] = Math.cos(dec) * Math.sin(ra)
    xyz[3 * at + 2] = Math.sin(dec)
  })
  return xyz
}

/** The root of a group is its smallest index. */
function find(parent: Int32Array, i: number): number {
  let root = i
  while (parent[root]! !== root) root = parent[root]!
  while (parent[i]! !== root) {
    const next = parent[i]!
    parent[i] = root
    i = next
  }
  return root
}

function join(parent: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [find(parent, a), find(parent, b)]
  if (rootA < rootB) parent[rootB] = rootA
  else parent[rootA] = rootB
}
