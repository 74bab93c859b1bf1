import { createRandom } from '../stats/random'
import { paintBody } from './body'
import { developColours, enlarge, expose } from './camera'
import { blur, createFrame, type Frame } from './frame'
import { nativePixelArcsec, type GalaxyParameters } from './parameters'
import { paintBackground, paintStar, paintTail, paintTrail } from './surroundings'

/** Arcsec per pixel of the picture that `renderGalaxy` makes at this size. */
export function pixelScaleArcsec(parameters: GalaxyParameters, sizePx: number): number {
  return parameters.frameArcsec / sizePx
}

/** The light of a galaxy and its surroundings as the sky gives it to the camera, without noise. Pixels are the camera's, never more than `sizePx`. */
export function paintScene(parameters: GalaxyParameters, sizePx: number): Frame {
  const { seed, index, body, companion, frameArcsec, seeingArcsec } = parameters
  const framePx = Math.min(sizePx, Math.round(frameArcsec / nativePixelArcsec))
  const frame = createFrame(framePx, frameArcsec / framePx)
  if (parameters.kind !== 'star') paintBody(frame, body, parameters.disturbance, createRandom(seed, 'knots', index))
  if (companion !== null) paintBody(frame, companion, 0.6 * parameters.disturbance, createRandom(seed, 'companion-knots', index))
  for (const tail of parameters.tails) paintTail(frame, tail, body, parameters.radius90Arcsec)
  for (const galaxy of parameters.background) paintBackground(frame, galaxy)
  blur(frame, seeingArcsec, parameters.registrationArcsec)
  for (const star of parameters.stars) paintStar(frame, star, seeingArcsec, parameters.registrationArcsec)
  if (parameters.trail !== null) paintTrail(frame, parameters.trail, seeingArcsec)
  return frame
}

/**
 * The picture of a galaxy, as a survey's cutout shows it: [sizePx, sizePx, 3] bytes, red, green, blue. The same parameters give the same bytes.
 */
export function renderGalaxy(parameters: GalaxyParameters, sizePx: number): Uint8Array {
  const frame = paintScene(parameters, sizePx)
  expose(frame, parameters.skyFactor, createRandom(parameters.seed, 'noise', parameters.index))
  return enlarge(developColours(frame), frame.sizePx, sizePx)
}
