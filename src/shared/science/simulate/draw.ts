import { createRandom, type Random } from '../stats/random'
import { choose, clamp, clampedNormal, drawBody } from './draw-body'
import {
  frameInRadii90,
  type BackgroundGalaxy,
  type GalaxyBody,
  type GalaxyKind,
  type GalaxyParameters,
  type Star,
  type Tail,
  type Trail,
} from './parameters'

/** The mix of a magnitude-limited survey (r < 17.8), with more edge-on galaxies than the sky has, as in the GZ2 set the figures in docs show. */
const kindShares: readonly (readonly [GalaxyKind, number])[] = [
  ['elliptical', 0.29],
  ['lenticular', 0.13],
  ['spiral', 0.34],
  ['edge-on', 0.14],
  ['irregular', 0.07],
  ['star', 0.018],
  ['trail', 0.012],
]

/** Mean and spread of the mean surface brightness inside the half-light radius, r mag per square arcsec. */
const surfaceBrightness: Record<GalaxyKind, readonly [number, number]> = {
  elliptical: [20, 0.5],
  lenticular: [20.1, 0.45],
  spiral: [20.4, 0.55],
  'edge-on': [20.2, 0.5],
  irregular: [21.1, 0.5],
  star: [20.4, 0.5],
  trail: [20.4, 0.5],
}

/** Tails and a companion, for about one galaxy in nine; strongest for the rare ones that have nearly merged. */
function drawInteraction(random: Random, kind: GalaxyKind, body: GalaxyBody, radius90Arcsec: number) {
  const canInteract = kind !== 'star' && kind !== 'trail'
  if (!canInteract || random.next() > 0.12) return { companion: null, disturbance: 0, tails: [] as Tail[] }
  const disturbance = random.uniform(0.15, 1)
  const distance = radius90Arcsec * random.uniform(0.45, 1.9)
  const angle = random.uniform(0, 2 * Math.PI)
  const companionKind = choose<GalaxyKind>(random, [
    ['elliptical', 0.35],
    ['spiral', 0.4],
    ['irregular', 0.25],
  ])
  const fainter = random.uniform(-0.2, 1.8)
  const size = radius90Arcsec * 10 ** (-0.12 * fainter) * random.uniform(0.55, 0.9)
  const companion = {
    ...drawBody(random, companionKind, size, body.magnitudeR + fainter),
    xArcsec: distance * Math.cos(angle),
    yArcsec: distance * Math.sin(angle),
  }
  const tails = Array.from({ length: 1 + Math.floor(2.4 * random.next()) }, (_, tail) => ({
    // The first joins the two as a bridge, the others go the opposite way.
    startRad: tail === 0 ? angle : angle + Math.PI + random.uniform(-0.7, 0.7),
    lengthArcsec: tail === 0 ? distance : radius90Arcsec * random.uniform(0.9, 2),
    bend: random.uniform(-1.2, 1.2) * (tail === 0 ? 0.4 : 1),
    strength: disturbance * random.uniform(0.4, 1),
  }))
  return { companion, disturbance, tails }
}

/** Number counts rise by about 10^0.15 per magnitude for stars at high galactic latitude and 10^0.4 for galaxies. */
const faintest = 22
const drawMagnitude = (random: Random, slope: number) => Math.max(12.5, faintest + Math.log10(1 - random.next()) / slope)

function drawNeighbours(random: Random, frameArcsec: number): { stars: Star[]; background: BackgroundGalaxy[] } {
  const place = () => ({ xArcsec: random.uniform(-0.5, 0.5) * frameArcsec, yArcsec: random.uniform(-0.5, 0.5) * frameArcsec })
  const areaArcmin2 = (frameArcsec / 60) ** 2
  const richness = random.uniform(0.4, 2)
  const starCount = Math.round(2 * areaArcmin2 * richness + 1.2 * random.next())
  const backgroundCount = Math.round(6 * areaArcmin2 * random.uniform(0.4, 2) + 2 * random.next())
  const stars = Array.from({ length: starCount }, () => ({
    ...place(),
    magnitudeR: drawMagnitude(random, 0.15),
    colourGr: random.next() < 0.3 ? clampedNormal(random, 1.35, 0.12, 1, 1.6) : clampedNormal(random, 0.5, 0.2, 0, 1),
  }))
  const background = Array.from({ length: backgroundCount }, () => {
    const magnitudeR = Math.max(17.5, drawMagnitude(random, 0.4))
    return {
      ...place(),
      magnitudeR,
      colourGr: random.uniform(0.3, 1.6),
      radiusArcsec: random.uniform(0.3, 0.6) * 10 ** (0.12 * (faintest - magnitudeR)),
      axisRatio: random.uniform(0.35, 1),
      positionAngleRad: random.uniform(0, Math.PI),
    }
  })
  return { stars, background }
}

/**
 * The true parameters of galaxy number `index` (0, 1, …) of the survey with this seed. A galaxy does not depend on how many there are.
 * Sizes and brightnesses are those of the spectroscopic sample of SDSS: radius of 90 % of the light 3.5 to 25 arcsec, r 13 to 18.4.
 */
export function drawParameters(seed: number, index: number): GalaxyParameters {
  const random = createRandom(seed, 'galaxy', index)
  const kind = choose(random, kindShares)
  const radius90Arcsec = clamp(7.5 * Math.exp(0.42 * random.normal()), 3.5, 25)
  const [mean, spread] = surfaceBrightness[kind]
  // One in eight is a hard case, about a magnitude fainter than its kind.
  const dimming = random.next() < 0.125 ? random.uniform(0.6, 1.5) : 0
  const brightness = mean + spread * random.normal() + dimming
  const radius50Arcsec = radius90Arcsec / (kind === 'elliptical' ? 2.9 : 2.4)
  const magnitudeR = clamp(brightness - 2.5 * Math.log10(2 * Math.PI * radius50Arcsec ** 2), 13, 18.4)
  const body = drawBody(random, kind, radius90Arcsec, magnitudeR)
  const frameArcsec = frameInRadii90 * radius90Arcsec * random.uniform(0.55, 0.95)
  const trail: Trail | null =
    kind === 'trail'
      ? {
          angleRad: random.uniform(0, Math.PI),
          offsetArcsec: radius90Arcsec * random.uniform(-0.6, 0.6),
          band: choose(random, [
            ['g', 1],
            ['r', 1],
            ['i', 1],
            ['all', 1],
          ]),
          brightness: random.uniform(0.4, 3),
        }
      : null
  const misplaced = (): [number, number] => [random.normal(0, 0.05), random.normal(0, 0.05)]
  const neighbours = drawNeighbours(random, frameArcsec)
  const target: Star = { xArcsec: 0, yArcsec: 0, magnitudeR: random.uniform(12.5, 15.5), colourGr: random.uniform(0.2, 1.5) }
  return {
    seed,
    index,
    kind,
    radius90Arcsec,
    frameArcsec,
    seeingArcsec: clampedNormal(random, 1.3, 0.12, 1, 1.8),
    skyFactor: random.uniform(1, 2.6),
    registrationArcsec: { g: misplaced(), r: [0, 0], i: misplaced() },
    body,
    ...drawInteraction(random, kind, body, radius90Arcsec),
    stars: kind === 'star' ? [target, ...neighbours.stars] : neighbours.stars,
    background: neighbours.background,
    trail,
  }
}
