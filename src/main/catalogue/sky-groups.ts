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
  const order = orderByDeclination(raDeg, decDeg)
  const xyz = unitVectors(order, raDeg, decDeg)
  const radiusDeg = radiusArcsec / 3600
  const chordSquared = (2 * Math.sin((radiusDeg * RADIANS) / 2)) ** 2
  for (let a = 0; a < order.length; a++) {
    const highest = decDeg[order[a]!]! + radiusDeg
    for (let b = a + 1; b < order.length && decDeg[order[b]!]! <= highest; b++) {
      const dx = xyz[3 * a]! - xyz[3 * b]!
      const dy = xyz[3 * a + 1]! - xyz[3 * b + 1]!
      const dz = xyz[3 * a + 2]! - xyz[3 * b + 2]!
      if (dx * dx + dy * dy + dz * dz <= chordSquared) join(parent, order[a]!, order[b]!)
    }
  }
  return parent.map((_, i) => find(parent, i))
}

function orderByDeclination(raDeg: Float64Array, decDeg: Float64Array): Uint32Array {
  const known = Uint32Array.from({ length: raDeg.length }, (_, i) => i).filter((i) => !Number.isNaN(raDeg[i]!) && !Number.isNaN(decDeg[i]!))
  return known.sort((a, b) => decDeg[a]! - decDeg[b]!)
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
