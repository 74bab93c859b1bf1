/** Paints one galaxy: bulge, disk, arms, bar, ring, knots, each normalised to its share of the light, then dimmed by dust. */
import type { Random } from '../stats/random'
import { bandWeights, nanomaggies, span, toPx, type BandWeights, type Frame } from './frame'
import type { GalaxyBody } from './parameters'

const smoothstep = (from: number, to: number, value: number) => {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** Sharpness of an arm across its width, and the mean of exp(k (cos - 1)) over a turn for that k. */
const armSharpness = 2.6
const armMean = 0.262

type Layer = { readonly light: Float32Array; readonly share: number; readonly weights: BandWeights }

/** The body's shares of light, adding up to 1, with the colours of its stars. */
function shares(body: GalaxyBody) {
  const { bulge, disk, arms, bar, ring, clumps } = body
  const outside = disk === null ? 0 : 1 - bulge.fraction
  const barShare = bar === null ? 0 : Math.min(0.3, 0.26 * bar.strength) * outside
  const ringShare = ring === null ? 0 : 0.38 * ring.strength * outside
  const knotShare = disk === null ? 0 : Math.min(0.35, 0.006 * clumps * (arms === null ? 3 : 1)) * outside
  const armShare = arms === null ? 0 : arms.contrast * 0.5 * (outside - barShare - ringShare - knotShare)
  return {
    bulge: disk === null ? 1 : bulge.fraction,
    bar: barShare,
    ring: ringShare,
    knots: knotShare,
    arms: armShare,
    disk: outside - barShare - ringShare - knotShare - armShare,
  }
}

function starColours(body: GalaxyBody) {
  const reddening = body.disk?.isEdgeOn ? 0.12 : 0
  return {
    bulge: bandWeights(0.97 - 0.25 * body.youth, 0.43 - 0.08 * body.youth),
    disk: bandWeights(0.88 - 0.45 * body.youth + reddening, 0.4 - 0.2 * body.youth + reddening / 2),
    arms: bandWeights(0.55 - 0.35 * body.youth, 0.22 - 0.18 * body.youth),
    ring: bandWeights(0.75 - 0.5 * body.youth, 0.3 - 0.2 * body.youth),
    knots: bandWeights(0.12, -0.05),
  }
}

/**
 * Adds a galaxy to the frame. `disturbance` 0..1 bends it, as a merger does. `random` places the star-forming knots only.
 * Light outside the frame is not lost: each part is normalised over the pixels it reaches.
 */
export function paintBody(frame: Frame, body: GalaxyBody, disturbance: number, random: Random): void {
  const { bulge, disk, arms, bar, ring } = body
  const { pixelArcsec } = frame
  const reachArcsec = disk === null ? 7 * bulge.radiusArcsec : Math.max(5.5 * disk.scaleArcsec, 4 * bulge.radiusArcsec)
  const [left, right] = span(frame, body.xArcsec, reachArcsec)
  const [top, bottom] = span(frame, body.yArcsec, reachArcsec)
  if (left >= right || top >= bottom) return
  const width = right - left
  const plane = () => new Float32Array(width * (bottom - top))
  const light = { bulge: plane(), disk: plane(), arms: plane(), bar: plane(), ring: plane(), knots: plane(), dust: plane() }
  const cos = Math.cos(body.positionAngleRad)
  const sin = Math.sin(body.positionAngleRad)
  const xPx = toPx(frame, body.xArcsec)
  const yPx = toPx(frame, body.yArcsec)
  const softening2 = (0.3 * pixelArcsec) ** 2
  const sersicB = 2 * bulge.sersicIndex - 1 / 3 + 0.009876 / bulge.sersicIndex
  const isBoxy = bulge.boxiness !== 2
  const scale = disk?.scaleArcsec ?? 1
  const axisRatio = disk?.axisRatio ?? 1
  const direction = arms?.isClockwise ? -1 : 1
  const winding = arms === null ? 0 : 1 / Math.tan(arms.pitchRad)
  const innerArcsec = bar === null ? 0.5 * scale : Math.max(0.5 * scale, 0.8 * bar.lengthArcsec)
  const barCos = Math.cos(bar?.angleRad ?? 0)
  const barSin = Math.sin(bar?.angleRad ?? 0)
  const bend = ((disk?.isEdgeOn ? 0.08 : 0.25) * disturbance) / (3 * scale)

  for (let y = top, at = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, at++) {
      const dx = (x - xPx) * pixelArcsec
      const dy = (y - yPx) * pixelArcsec
      const u = cos * dx + sin * dy
      const v = cos * dy - sin * dx + bend * u * u
      if (bulge.fraction > 0) {
        const vb = v / bulge.axisRatio
        const squared = isBoxy ? (Math.abs(u) ** bulge.boxiness + Math.abs(vb) ** bulge.boxiness) ** (2 / bulge.boxiness) : u * u + vb * vb
        light.bulge[at] = Math.exp(-sersicB * (((squared + softening2) / bulge.radiusArcsec ** 2) ** (0.5 / bulge.sersicIndex) - 1))
      }
      if (disk === null) continue
      if (disk.isEdgeOn) {
        const height = 1 / Math.cosh(v / (axisRatio * scale))
        const along = Math.sqrt(u * u + 0.1 * scale * scale) / scale
        light.disk[at] =
          Math.exp(-along) * height * height * (1 - smoothstep(3.4, 4.6, along)) * (1 + disk.lopsidedness * Math.tanh(u / scale))
        light.dust[at] = 2.6 * body.dust * Math.exp(-((v / (0.3 * axisRatio * scale) - 0.25) ** 2) - 0.35 * along * along)
        continue
      }
      const vd = v / axisRatio
      const radius = Math.sqrt(u * u + vd * vd) + 1e-3
      const angle = Math.atan2(vd, u)
      const smooth =
        Math.exp(-radius / scale) *
        (1 - smoothstep(4, 5.4, radius / scale)) *
        (1 + disk.lopsidedness * Math.cos(angle) * Math.min(1, radius / scale))
      light.disk[at] = smooth
      if (arms !== null) {
        const turn = Math.log(radius / scale)
        const wobble = 0.35 * Math.sin(4 * turn + 3 * arms.phaseRad) + 0.25 * Math.sin(3 * angle + 5 * arms.phaseRad)
        const phase = arms.count * (direction * angle - winding * turn) + arms.phaseRad + wobble
        const fade = smoothstep(innerArcsec * 0.6, innerArcsec * 1.5, radius)
        const wave = Math.exp(armSharpness * (Math.cos(phase) - 1))
        const unequal = 1 + 0.3 * Math.cos(angle + 2 * arms.phaseRad)
        // Arms fall off more slowly than the disk: that is where the young stars are.
        light.arms[at] = Math.exp(-radius / (1.35 * scale)) * (1 - smoothstep(2.8, 4, radius / scale)) * wave * fade * unequal
        light.disk[at] = smooth * (1 - 0.35 * arms.contrast * fade * (1 - wave / armMean / 2))
        light.dust[at] = 0.9 * body.dust * arms.contrast * fade * Math.exp(armSharpness * 1.6 * (Math.cos(phase + 1.1) - 1))
      }
      if (bar !== null) {
        const along = (barCos * u + barSin * vd) / bar.lengthArcsec
        const across = (barCos * vd - barSin * u) / (0.26 * bar.lengthArcsec)
        light.bar[at] = Math.exp(-(along ** 4) - across * across)
      }
      if (ring !== null) light.ring[at] = Math.exp(-(((radius - ring.radiusArcsec) / ring.widthArcsec) ** 2) / 2)
    }
  }
  const window = { left, top, width, height: bottom - top }
  if (disk !== null && body.clumps > 0) paintKnots(light.knots, window, frame, body, light.arms, random)
  const share = shares(body)
  const colours = starColours(body)
  addLayers(frame, window, nanomaggies(body.magnitudeR), light.dust, [
    { light: light.bulge, share: share.bulge, weights: colours.bulge },
    { light: light.disk, share: share.disk, weights: colours.disk },
    { light: light.arms, share: share.arms, weights: colours.arms },
    { light: light.bar, share: share.bar, weights: colours.bulge },
    { light: light.ring, share: share.ring, weights: colours.ring },
    { light: light.knots, share: share.knots, weights: colours.knots },
  ])
}

type Window = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Star-forming knots: on the arms where there are arms, anywhere in the disk of an irregular galaxy. */
function paintKnots(knots: Float32Array, window: Window, frame: Frame, body: GalaxyBody, arms: Float32Array, random: Random): void {
  const { scaleArcsec, axisRatio } = body.disk!
  const peak = arms.reduce((most, light) => Math.max(most, light), 0)
  for (let placed = 0, tried = 0; placed < body.clumps && tried < 30 * body.clumps; tried++) {
    const radius = scaleArcsec * (0.5 + 2.6 * random.next())
    const angle = 2 * Math.PI * random.next()
    const u = radius * Math.cos(angle)
    const v = radius * Math.sin(angle) * axisRatio
    const cos = Math.cos(body.positionAngleRad)
    const sin = Math.sin(body.positionAngleRad)
    const x = Math.round(toPx(frame, body.xArcsec + cos * u - sin * v)) - window.left
    const y = Math.round(toPx(frame, body.yArcsec + sin * u + cos * v)) - window.top
    const keep = random.next()
    if (x < 0 || y < 0 || x >= window.width || y >= window.height) continue
    if (peak > 0 && arms[y * window.width + x]! < keep * 0.5 * peak) continue
    const sizePx = Math.max(0.7, ((0.06 + 0.12 * random.next() ** 2) * scaleArcsec * (peak > 0 ? 1 : 2.2)) / frame.pixelArcsec)
    const strength = (0.3 + random.next()) * Math.exp(-radius / (2 * scaleArcsec))
    const reach = Math.ceil(3 * sizePx)
    for (let row = Math.max(0, y - reach); row <= Math.min(window.height - 1, y + reach); row++) {
      for (let column = Math.max(0, x - reach); column <= Math.min(window.width - 1, x + reach); column++) {
        knots[row * window.width + column]! += strength * Math.exp(-((row - y) ** 2 + (column - x) ** 2) / (2 * sizePx * sizePx))
      }
    }
    placed++
  }
}

/** Adds the layers with their shares of `lightR` (r band); dust takes more of g than of r and less of i (1.3, 1, 0.75, about the Milky Way's law). */
function addLayers(frame: Frame, window: Window, lightR: number, opticalDepth: Float32Array, layers: readonly Layer[]): void {
  const scaled = layers.flatMap(({ light, share, weights }) => {
    const total = share > 0 ? light.reduce((sum, value) => sum + value, 0) : 0
    return total > 0 ? [{ light, weights, scale: (share * lightR) / total }] : []
  })
  for (let row = 0, at = 0; row < window.height; row++) {
    let pixel = (window.top + row) * frame.sizePx + window.left
    for (let column = 0; column < window.width; column++, at++, pixel++) {
      let g = 0
      let r = 0
      let i = 0
      for (const { light, weights, scale } of scaled) {
        const value = scale * light[at]!
        g += value * weights.g
        r += value
        i += value * weights.i
      }
      const depth = opticalDepth[at]!
      frame.g[pixel]! += depth > 0 ? g * Math.exp(-1.3 * depth) : g
      frame.r[pixel]! += depth > 0 ? r * Math.exp(-depth) : r
      frame.i[pixel]! += depth > 0 ? i * Math.exp(-0.75 * depth) : i
    }
  }
}
