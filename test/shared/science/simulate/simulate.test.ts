import { describe, expect, it } from 'vitest'
import { drawParameters } from '@shared/science/simulate/draw'
import type { GalaxyParameters } from '@shared/science/simulate/parameters'
import { paintScene, pixelScaleArcsec, renderGalaxy } from '@shared/science/simulate/render'
import { skyPosition } from '@shared/science/simulate/position'
import { nanomaggies } from '@shared/science/simulate/frame'

/** A galaxy of the survey, alone in its frame. */
const alone = (parameters: GalaxyParameters): GalaxyParameters => ({
  ...parameters,
  companion: null,
  disturbance: 0,
  tails: [],
  stars: [],
  background: [],
  trail: null,
})

const survey = Array.from({ length: 400 }, (_, index) => drawParameters(7, index))
const ofKind = (kind: GalaxyParameters['kind']) => survey.filter((parameters) => parameters.kind === kind)

/** Axis ratio of the light in r above a threshold, from its second moments. */
function momentAxisRatio(parameters: GalaxyParameters): number {
  const frame = paintScene(alone(parameters), 128)
  let [sum, xx, yy, xy] = [0, 0, 0, 0]
  const middle = frame.sizePx / 2 - 0.5
  frame.r.forEach((light, at) => {
    const x = (at % frame.sizePx) - middle
    const y = Math.floor(at / frame.sizePx) - middle
    sum += light
    xx += light * x * x
    yy += light * y * y
    xy += light * x * y
  })
  const mean = (xx + yy) / 2 / sum
  const spread = Math.hypot((xx - yy) / 2, xy) / sum
  return Math.sqrt((mean - spread) / (mean + spread))
}

describe('drawn galaxies', () => {
  it('are the same for the same seed and number, pixel by pixel', () => {
    for (const index of [0, 1, 2]) expect(renderGalaxy(drawParameters(3, index), 96)).toEqual(renderGalaxy(drawParameters(3, index), 96))
  })

  it('differ between seeds and between numbers', () => {
    const first = renderGalaxy(drawParameters(3, 0), 96)
    expect(renderGalaxy(drawParameters(4, 0), 96)).not.toEqual(first)
    expect(renderGalaxy(drawParameters(3, 1), 96)).not.toEqual(first)
  })

  it('hold every kind, interacting ones, faint ones and bright ones', () => {
    expect(new Set(survey.map(({ kind }) => kind)).size).toBe(7)
    const share = (count: number) => count / survey.length
    expect(share(survey.filter(({ companion }) => companion !== null).length)).toBeGreaterThan(0.06)
    expect(share(survey.filter(({ body }) => body.magnitudeR > 17.3).length)).toBeGreaterThan(0.05)
    expect(share(survey.filter(({ body }) => body.magnitudeR < 15).length)).toBeGreaterThan(0.05)
    for (const { body, radius90Arcsec } of survey) {
      expect(body.magnitudeR).toBeGreaterThanOrEqual(13)
      expect(body.magnitudeR).toBeLessThanOrEqual(18.4)
      expect(radius90Arcsec).toBeGreaterThanOrEqual(3.5)
      expect(radius90Arcsec).toBeLessThanOrEqual(25)
    }
  })

  it('stand at different places of the sky, at least 10 arcsec apart', () => {
    const places = Array.from({ length: 2000 }, (_, index) => skyPosition(1, index))
    const vectors = places.map(({ raDeg, decDeg }) => {
      const [ra, dec] = [(raDeg * Math.PI) / 180, (decDeg * Math.PI) / 180]
      return [Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec)] as const
    })
    let nearest = Infinity
    vectors.forEach((a, i) => {
      for (const b of vectors.slice(0, i)) nearest = Math.min(nearest, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))
    })
    expect((nearest * 180 * 3600) / Math.PI).toBeGreaterThan(10)
  })
})

describe('the light of a frame', () => {
  it('is the light of the magnitude, where no dust is', () => {
    for (const parameters of ofKind('elliptical').slice(0, 10)) {
      const light = paintScene(alone(parameters), 128).r.reduce((sum, value) => sum + value, 0)
      // The blur and float32 sums change the light of a galaxy that fits its frame by well under a percent.
      expect(light / nanomaggies(parameters.body.magnitudeR)).toBeCloseTo(1, 2)
    }
  })

  it('has half the pixels and twice the scale at half the size', () => {
    const parameters = survey[0]!
    expect(renderGalaxy(parameters, 64)).toHaveLength(64 * 64 * 3)
    expect(pixelScaleArcsec(parameters, 64)).toBeCloseTo(2 * pixelScaleArcsec(parameters, 128), 12)
  })

  it('leaves the sky nearly black and grainy, and the galaxy bright', () => {
    for (const parameters of ofKind('elliptical').slice(0, 10)) {
      const pixels = renderGalaxy(alone(parameters), 128)
      const corner = Array.from({ length: 300 }, (_, at) => pixels[(Math.floor(at / 20) * 128 + (at % 20)) * 3 + 1]!)
      const mean = corner.reduce((sum, value) => sum + value, 0) / corner.length
      expect(mean).toBeGreaterThan(1)
      expect(mean).toBeLessThan(15)
      expect(new Set(corner).size).toBeGreaterThan(5)
      expect(pixels[(64 * 128 + 64) * 3 + 1]!).toBeGreaterThan(5 * mean)
    }
  })
})

describe('what a galaxy is shows in its pixels', () => {
  it('edge-on disks are elongated, face-on ones are round', () => {
    const edgeOn = ofKind('edge-on').filter(({ body }) => body.bulge.fraction < 0.2)
    expect(edgeOn.length).toBeGreaterThan(10)
    for (const parameters of edgeOn) expect(momentAxisRatio(parameters)).toBeLessThan(0.55)
    const faceOn = ofKind('spiral').filter(({ body }) => body.disk!.axisRatio > 0.9 && body.disk!.lopsidedness < 0.1)
    expect(faceOn.length).toBeGreaterThan(3)
    for (const parameters of faceOn) expect(momentAxisRatio(parameters)).toBeGreaterThan(0.8)
  })

  it('a ring is a local maximum of the radial profile, at its radius', () => {
    const spiral = ofKind('spiral')[0]!
    const scaleArcsec = 6
    const body = {
      ...spiral.body,
      arms: null,
      bar: null,
      clumps: 0,
      disk: { scaleArcsec: 4, axisRatio: 1, isEdgeOn: false, lopsidedness: 0 },
      ring: { strength: 1, radiusArcsec: 2 * scaleArcsec, widthArcsec: 1.2 },
    }
    const frame = paintScene({ ...alone(spiral), body, frameArcsec: 60, seeingArcsec: 1.2 }, 150)
    const middle = Math.floor(frame.sizePx / 2)
    const profile = Array.from({ length: middle }, (_, step) => frame.r[middle * frame.sizePx + middle + step]!)
    const ringPx = Math.round((2 * scaleArcsec) / frame.pixelArcsec)
    const around = profile.slice(ringPx - 6, ringPx + 7)
    const top = ringPx - 6 + around.indexOf(Math.max(...around))
    expect(Math.abs(top - ringPx)).toBeLessThanOrEqual(2)
    expect(profile[top]!).toBeGreaterThan(1.3 * profile[top - 8]!)
    expect(profile[top]!).toBeGreaterThan(1.3 * profile[top + 8]!)
  })

  it('m arms are the m-fold part of the light around the centre', () => {
    const spiral = ofKind('spiral')[0]!
    for (const count of [2, 3, 4]) {
      const body = {
        ...spiral.body,
        clumps: 0,
        bar: null,
        ring: null,
        dust: 0,
        disk: { scaleArcsec: 6, axisRatio: 1, isEdgeOn: false, lopsidedness: 0 },
        arms: { count, pitchRad: 0.4, contrast: 0.8, phaseRad: 1, isClockwise: true },
      }
      const frame = paintScene({ ...alone(spiral), body, frameArcsec: 60, seeingArcsec: 1.2 }, 150)
      const strength = [1, 2, 3, 4, 5].map((fold) => {
        let [cos, sin] = [0, 0]
        for (let step = 0; step < 720; step++) {
          const angle = (step * Math.PI) / 360
          const x = Math.round(frame.sizePx / 2 - 0.5 + (11 / frame.pixelArcsec) * Math.cos(angle))
          const y = Math.round(frame.sizePx / 2 - 0.5 + (11 / frame.pixelArcsec) * Math.sin(angle))
          cos += frame.r[y * frame.sizePx + x]! * Math.cos(fold * angle)
          sin += frame.r[y * frame.sizePx + x]! * Math.sin(fold * angle)
        }
        return Math.hypot(cos, sin)
      })
      expect(1 + strength.indexOf(Math.max(...strength))).toBe(count)
    }
  })

  it('young galaxies are bluer than old ones', () => {
    const colour = (parameters: GalaxyParameters) => {
      const frame = paintScene(alone(parameters), 96)
      const light = (plane: Float32Array) => plane.reduce((sum, value) => sum + value, 0)
      return light(frame.g) / light(frame.i)
    }
    const old = Math.max(...ofKind('elliptical').slice(0, 8).map(colour))
    const young = Math.min(...ofKind('irregular').slice(0, 8).map(colour))
    expect(young).toBeGreaterThan(1.3 * old)
  })
})
