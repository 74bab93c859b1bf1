import { nativePixelArcsec, type GalaxyParameters } from './parameters'

const logistic = (x: number) => 1 / (1 + Math.exp(-x))

/** Shares that fall off as Gaussians with the distance of `value` from each answer's centre; they add up to 1. */
function nearest(value: number, centres: readonly number[], width: number): number[] {
  const least = Math.min(...centres.map((centre) => Math.abs(value - centre)))
  const weights = centres.map((centre) => Math.exp(-((value - centre) ** 2 - least ** 2) / (2 * width * width)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** Moves probabilities towards an even guess: what is left of an opinion when little can be seen. `doubt` 0..1. */
const blurred = (probabilities: readonly number[], doubt: number) =>
  probabilities.map((p) => (1 - doubt) * p + doubt / probabilities.length)

/**
 * How well the details of a galaxy show, 0..1: rises with its size in units of the seeing and with its mean surface brightness above the
 * sky's noise. Half of it is lost at a 90 % radius of 3.3 times the seeing, and at 22.5 mag per square arcsec on a dark night.
 */
export function visibility(parameters: GalaxyParameters): number {
  const { body, radius90Arcsec, seeingArcsec, skyFactor } = parameters
  const radius50Arcsec = radius90Arcsec / 2.5
  const brightness = body.magnitudeR + 2.5 * Math.log10(2 * Math.PI * radius50Arcsec ** 2)
  const resolved = logistic(3.2 * Math.log(radius90Arcsec / (3.3 * Math.max(seeingArcsec, 2 * nativePixelArcsec))))
  return resolved * logistic(1.9 * (22.5 - 1.25 * Math.log10(skyFactor) - brightness))
}

/** What there is to be seen of each feature, 0 (nothing) to 1 (plain), at this size, brightness and inclination. */
export function features(parameters: GalaxyParameters) {
  const { body, disturbance, companion, tails } = parameters
  const { disk, bulge } = body
  const seen = visibility(parameters)
  const bulgeFraction = disk === null ? 1 : bulge.fraction
  // Apparent axis ratio of the whole: bulge and disk by their light.
  const axisRatio = disk === null ? bulge.axisRatio : bulgeFraction * 0.35 * bulge.axisRatio + (1 - 0.35 * bulgeFraction) * disk.axisRatio
  // A disk seen steeply hides what is in its plane.
  const faceOn = disk === null || disk.isEdgeOn ? 0 : logistic(9 * (disk.axisRatio - 0.36))
  const inPlane = faceOn * seen
  const tailStrength = Math.max(0, ...tails.map((tail) => tail.strength))
  const brightnessOfCompanion = companion === null ? 0 : logistic(1.6 * (1.4 - (companion.magnitudeR - body.magnitudeR)))
  return {
    seen,
    bulgeFraction,
    axisRatio,
    isDisk: disk !== null,
    arms: (body.arms?.contrast ?? 0) * inPlane,
    bar: (body.bar?.strength ?? 0) * inPlane,
    ring: (body.ring?.strength ?? 0) * inPlane,
    edgeOn: disk === null ? 0 : logistic(22 * (0.33 - disk.axisRatio)),
    dustLane: disk?.isEdgeOn ? body.dust * seen : 0,
    disturbed: disturbance * (0.35 + 0.65 * tailStrength) * Math.sqrt(seen),
    merger: Math.sqrt(brightnessOfCompanion * disturbance) * Math.sqrt(seen),
    irregular: parameters.kind === 'irregular' ? (disk?.lopsidedness ?? 0) * (0.35 + 0.65 * seen) : 0,
    artifact: parameters.kind === 'star' ? 1 : parameters.kind === 'trail' ? 0.35 + 0.16 * (parameters.trail?.brightness ?? 0) : 0,
  }
}

/**
 * The true probability of each answer of each question of the tree `gz2`, in the tree's order of answers, for a volunteer who is asked it: smooth functions of
 * the true parameters, each question's adding up to 1. Questions that this galaxy hardly ever gets have them too: those who get there guess.
 */
export function trueProbabilities(parameters: GalaxyParameters): Record<string, number[]> {
  const seen = features(parameters)
  const { body } = parameters
  const doubt = 0.04 + 0.3 * (1 - seen.seen)
  const yesNo = (yes: number) => [yes, 1 - yes]

  const artifact = 0.02 + 0.9 * logistic(9 * (seen.artifact - 0.65))
  const diskLook = seen.isDisk ? 0.9 * seen.edgeOn * Math.sqrt(seen.seen) + 0.16 * (1 - seen.bulgeFraction) : 0
  const structure =
    2.6 * seen.arms + 1 * seen.bar + 1.2 * seen.ring + 0.9 * seen.disturbed + 0.4 * seen.merger + 1.1 * seen.irregular + diskLook
  const featured = 0.03 + 0.94 * logistic(6.5 * (structure - 0.62))
  const spiral = 0.03 + 0.94 * logistic(15 * (seen.arms - 0.2))
  const bar = 0.03 + 0.94 * logistic(11 * (seen.bar - 0.33))
  const strangeness = [
    ['ring', 1.5 * seen.ring],
    ['lens-or-arc', 0.03],
    ['disturbed', 0.9 * seen.disturbed],
    ['irregular', 1.3 * seen.irregular],
    ['other', 0.12],
    ['merger', 1.5 * seen.merger],
    ['dust-lane', 0.7 * seen.dustLane],
  ] as const
  const odd = 0.03 + 0.94 * logistic(7.5 * (Math.max(...strangeness.map(([, strength]) => strength)) - 0.5))
  const strangest = strangeness.map(([, strength]) => strength ** 2 + 0.002)
  const strangestSum = strangest.reduce((sum, weight) => sum + weight, 0)

  const winding = nearest(((body.arms?.pitchRad ?? 0.3) * 180) / Math.PI, [10, 19, 31], 5)
  const armCount =
    body.arms === null ? [0.1, 0.4, 0.15, 0.1, 0.05] : nearest(Math.min(body.arms.count, 5), [1, 2, 3, 4, 5], 0.42 + 0.5 * (1 - seen.seen))
  // Many, tight or faint arms cannot be counted.
  const uncounted = 0.05 + 0.75 * logistic(4 * (0.45 - 2 * seen.arms) + 0.5 * ((body.arms?.count ?? 2) - 3))
  const countedSum = armCount.reduce((sum, p) => sum + p, 0)
  const roundness = seen.isDisk && body.bulge.boxiness === 2 ? 0.1 : 0.3

  return {
    'smooth-or-featured': [(1 - artifact) * (1 - featured), (1 - artifact) * featured, artifact],
    'disk-edge-on': yesNo(0.02 + 0.96 * seen.edgeOn),
    'has-spiral-arms': yesNo(spiral),
    bar: yesNo(bar),
    'bulge-size': blurred(nearest(Math.sqrt(seen.bulgeFraction), [0.85, 0.56, 0.33, 0.1], 0.13), doubt),
    'something-odd': yesNo(odd),
    'how-rounded': blurred(nearest(seen.axisRatio, [0.95, 0.62, 0.26], 0.14), 0.03),
    'bulge-shape': blurred(bulgeShape(seen.bulgeFraction, body.bulge.boxiness, roundness), doubt),
    'spiral-winding': blurred(winding, doubt),
    'spiral-arm-count': [...armCount.map((p) => ((1 - uncounted) * p) / countedSum), uncounted],
    'odd-feature': strangest.map((weight) => weight / strangestSum),
  }
}

/** Round, boxy or none, of an edge-on disk. */
function bulgeShape(fraction: number, boxiness: number, leastBoxy: number): number[] {
  const bulge = 0.03 + 0.94 * logistic(32 * (fraction - 0.09))
  const boxy = leastBoxy * 0.3 + 0.75 * logistic(3.5 * (boxiness - 2.9))
  return [bulge * (1 - boxy), bulge * boxy, 1 - bulge]
}
