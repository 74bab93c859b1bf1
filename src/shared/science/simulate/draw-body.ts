/** Draws what one galaxy is made of, by its kind. */
import type { Random } from '../stats/random'
import type { Arms, Bar, Bulge, Disk, GalaxyBody, GalaxyKind, Ring } from './parameters'

const degrees = Math.PI / 180
export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
export const clampedNormal = (random: Random, mean: number, sd: number, low: number, high: number) =>
  clamp(random.normal(mean, sd), low, high)

/** Picks a key with probability proportional to its weight. */
export function choose<K extends string | number>(random: Random, weights: readonly (readonly [K, number])[]): K {
  let left = random.next() * weights.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of weights) if ((left -= weight) < 0) return key
  return weights.at(-1)![0]
}

function drawBulge(random: Random, kind: GalaxyKind, radius90Arcsec: number): Bulge {
  switch (kind) {
    case 'elliptical':
      return {
        fraction: 1,
        sersicIndex: random.uniform(2.2, 4),
        radiusArcsec: radius90Arcsec / 2.4,
        axisRatio: 1 - 0.55 * random.next() ** 1.3,
        boxiness: random.uniform(1.9, 2.2),
      }
    case 'lenticular':
      return {
        fraction: random.uniform(0.35, 0.7),
        sersicIndex: random.uniform(1.8, 3.5),
        radiusArcsec: radius90Arcsec * random.uniform(0.12, 0.22),
        axisRatio: random.uniform(0.75, 1),
        boxiness: 2,
      }
    case 'edge-on': {
      const shape = choose(random, [
        ['round', 0.55],
        ['boxy', 0.13],
        ['none', 0.32],
      ])
      return {
        fraction: shape === 'none' ? random.uniform(0, 0.03) : random.uniform(0.12, 0.42),
        sersicIndex: shape === 'boxy' ? random.uniform(0.7, 1.1) : random.uniform(1, 2.5),
        radiusArcsec: radius90Arcsec * (shape === 'boxy' ? random.uniform(0.2, 0.28) : random.uniform(0.1, 0.2)),
        axisRatio: shape === 'boxy' ? random.uniform(0.5, 0.62) : random.uniform(0.62, 0.9),
        boxiness: shape === 'boxy' ? random.uniform(3.2, 4.5) : 2,
      }
    }
    case 'irregular':
      return { fraction: random.uniform(0, 0.06), sersicIndex: 1, radiusArcsec: radius90Arcsec * 0.12, axisRatio: 0.8, boxiness: 2 }
    default:
      return {
        fraction: clamp(0.55 * random.next() ** 1.6, 0.01, 0.5),
        sersicIndex: random.uniform(1, 3),
        radiusArcsec: radius90Arcsec * random.uniform(0.07, 0.16),
        axisRatio: random.uniform(0.8, 1),
        boxiness: 2,
      }
  }
}

function drawDisk(random: Random, kind: GalaxyKind, radius90Arcsec: number): Disk | null {
  const scaleArcsec = radius90Arcsec / random.uniform(2.6, 3.2)
  if (kind === 'elliptical' || kind === 'star') return null
  if (kind === 'edge-on') return { scaleArcsec, axisRatio: random.uniform(0.12, 0.3), isEdgeOn: true, lopsidedness: 0.1 * random.next() }
  // Random orientations: cos(inclination) is uniform; the steepest are the edge-on kind.
  const cosine = random.uniform(0.28, 1)
  const axisRatio = Math.sqrt(cosine ** 2 + 0.15 ** 2 * (1 - cosine ** 2))
  const lopsidedness = kind === 'irregular' ? random.uniform(0.3, 0.9) : 0.25 * random.next() ** 2
  return { scaleArcsec, axisRatio, isEdgeOn: false, lopsidedness }
}

function drawArms(random: Random): Arms {
  const count = choose(random, [
    [1, 0.07],
    [2, 0.58],
    [3, 0.16],
    [4, 0.1],
    [5, 0.06],
    [6, 0.03],
  ])
  return {
    count,
    pitchRad: clampedNormal(random, 19, 7, 9, 38) * degrees,
    contrast: clamp(0.12 + 0.78 * random.next() ** 1.2 - 0.03 * (count - 2), 0.06, 0.9),
    phaseRad: random.uniform(0, 2 * Math.PI),
    isClockwise: random.next() < 0.5,
  }
}

function drawBar(random: Random, radius90Arcsec: number): Bar | null {
  if (random.next() > 0.45) return null
  return {
    strength: random.uniform(0.15, 1),
    lengthArcsec: radius90Arcsec * random.uniform(0.2, 0.45),
    angleRad: random.uniform(0, Math.PI),
  }
}

function drawRing(random: Random, radius90Arcsec: number): Ring | null {
  if (random.next() > 0.09) return null
  return {
    strength: random.uniform(0.3, 1),
    radiusArcsec: radius90Arcsec * random.uniform(0.5, 0.8),
    widthArcsec: radius90Arcsec * random.uniform(0.07, 0.13),
  }
}

/** A galaxy of this kind, size and brightness in the middle of the frame. */
export function drawBody(random: Random, kind: GalaxyKind, radius90Arcsec: number, magnitudeR: number): GalaxyBody {
  const bulge = drawBulge(random, kind, radius90Arcsec)
  const hasGas = kind === 'spiral' || kind === 'trail'
  const arms = hasGas ? drawArms(random) : null
  const bar = hasGas || kind === 'lenticular' ? drawBar(random, radius90Arcsec) : null
  const ring = hasGas || kind === 'lenticular' ? drawRing(random, radius90Arcsec) : null
  const youth = {
    elliptical: 0.12 * random.next(),
    lenticular: 0.25 * random.next(),
    spiral: clampedNormal(random, 0.6 - 0.5 * bulge.fraction, 0.2, 0.1, 1),
    'edge-on': clampedNormal(random, 0.4, 0.2, 0.05, 0.9),
    irregular: random.uniform(0.6, 1),
    star: random.next(),
    trail: clampedNormal(random, 0.5, 0.2, 0.1, 1),
  }[kind]
  return {
    magnitudeR,
    xArcsec: 0,
    yArcsec: 0,
    positionAngleRad: random.uniform(0, Math.PI),
    bulge,
    disk: drawDisk(random, kind, radius90Arcsec),
    arms,
    bar,
    ring,
    youth,
    dust: kind === 'edge-on' ? random.next() ** 1.5 : hasGas ? random.uniform(0.1, 0.8) : 0.1 * random.next(),
    clumps: kind === 'irregular' ? 6 + Math.floor(14 * random.next()) : hasGas ? Math.floor(youth * 40 * random.next()) : 0,
  }
}
