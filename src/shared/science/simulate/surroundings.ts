/** What else lies in a frame: tidal streams, galaxies behind, stars in front, streaks. */
import { bands, bandWeights, nanomaggies, stamp, toPx, type Frame } from './frame'
import type { BackgroundGalaxy, GalaxyBody, GalaxyParameters, Star, Tail, Trail } from './parameters'

/** A tidal tail or bridge as a chain of soft blobs, from inside the main galaxy outwards, fading; of the colour of an intermediate disk. */
export function paintTail(frame: Frame, tail: Tail, body: GalaxyBody, radius90Arcsec: number): void {
  const weights = bandWeights(0.65 - 0.3 * body.youth, 0.3 - 0.15 * body.youth)
  const steps = 26
  const light = (0.11 * tail.strength * nanomaggies(body.magnitudeR)) / steps
  for (let step = 0; step < steps; step++) {
    const t = (step + 0.5) / steps
    const distance = 0.35 * radius90Arcsec + t * tail.lengthArcsec
    const angle = tail.startRad + tail.bend * t * t
    const width = radius90Arcsec * (0.09 + 0.09 * t)
    for (const band of bands) {
      stamp(
        frame,
        frame[band],
        {
          xArcsec: body.xArcsec + distance * Math.cos(angle),
          yArcsec: body.yArcsec + distance * Math.sin(angle),
          radiusArcsec: 3 * width,
          light: light * 2 * (1 - t) * weights[band],
          totalOverPeak: 2 * Math.PI * width * width,
        },
        (x, y) => Math.exp(-(x * x + y * y) / (2 * width * width)),
      )
    }
  }
}

/** A galaxy far behind: a small exponential ellipse. `radiusArcsec` is its scale length. */
export function paintBackground(frame: Frame, galaxy: BackgroundGalaxy): void {
  const weights = bandWeights(galaxy.colourGr, 0.2 + 0.25 * galaxy.colourGr)
  const cos = Math.cos(galaxy.positionAngleRad)
  const sin = Math.sin(galaxy.positionAngleRad)
  const { radiusArcsec, axisRatio } = galaxy
  for (const band of bands) {
    const light = nanomaggies(galaxy.magnitudeR) * weights[band]
    stamp(
      frame,
      frame[band],
      { ...galaxy, radiusArcsec: 5 * radiusArcsec, light, totalOverPeak: 2 * Math.PI * radiusArcsec ** 2 * axisRatio },
      (x, y) => {
        const u = cos * x + sin * y
        const v = (cos * y - sin * x) / axisRatio
        return Math.exp(-Math.sqrt(u * u + v * v + 0.01) / radiusArcsec)
      },
    )
  }
}

/**
 * A star: a Moffat profile (beta 3) of the seeing's width, to be added after the blur. Stars brighter than r = 15 show the cross of the
 * telescope's spider and a wide halo.
 */
export function paintStar(frame: Frame, star: Star, seeingArcsec: number, offsetArcsec: GalaxyParameters['registrationArcsec']): void {
  const weights = bandWeights(star.colourGr, star.colourGr > 1.2 ? 0.8 : 0.4 * star.colourGr)
  const alpha2 = (seeingArcsec / 2) ** 2 / (2 ** (1 / 3) - 1)
  const light = nanomaggies(star.magnitudeR)
  const radiusArcsec = Math.min(40, 3 * seeingArcsec * (light / 20) ** 0.2)
  for (const band of bands) {
    const [right, down] = offsetArcsec[band]
    const place = { xArcsec: star.xArcsec + right, yArcsec: star.yArcsec + down }
    stamp(
      frame,
      frame[band],
      { ...place, radiusArcsec, light: light * weights[band], totalOverPeak: (Math.PI * alpha2) / 2 },
      (x, y) => (1 + (x * x + y * y) / alpha2) ** -3,
    )
    if (star.magnitudeR > 15) continue
    const spike = { ...place, radiusArcsec: 45, light: 0.06 * light * weights[band], totalOverPeak: 500 }
    stamp(frame, frame[band], spike, (x, y) => {
      const nearest = Math.min(Math.abs(x), Math.abs(y))
      const cross = Math.exp(-((nearest / 0.6) ** 2)) / (1 + ((x * x + y * y) / 16) ** 0.9)
      return cross + 0.35 / (1 + (x * x + y * y) / 6) ** 1.6
    })
  }
}

/** A streak across the whole frame, as wide as the seeing; `brightness` in nanomaggies per pixel on its ridge. */
export function paintTrail(frame: Frame, trail: Trail, seeingArcsec: number): void {
  const { sizePx, pixelArcsec } = frame
  const cos = Math.cos(trail.angleRad)
  const sin = Math.sin(trail.angleRad)
  const middle = toPx(frame, 0)
  const sigma = seeingArcsec / 2.3548
  for (const band of bands) {
    if (trail.band !== 'all' && trail.band !== band) continue
    for (let y = 0, at = 0; y < sizePx; y++) {
      for (let x = 0; x < sizePx; x++, at++) {
        const across = ((x - middle) * sin - (y - middle) * cos) * pixelArcsec - trail.offsetArcsec
        if (Math.abs(across) < 4 * sigma) frame[band][at]! += trail.brightness * Math.exp(-(across * across) / (2 * sigma * sigma))
      }
    }
  }
}
