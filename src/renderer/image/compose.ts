import type { Plane, Planes, Range } from './planes'
import { levelTable, type Stretch } from './stretch'

/** What the viewer does to an image. `black` and `white` are shares 0..1 of the range, which `range` says is each image's own or the whole. */
export type Look = {
  readonly stretch: Stretch
  readonly range: 'auto' | 'full'
  /** Bands that share black and white keep their colours in true proportion. */
  readonly isPerBand: boolean
  readonly black: number
  readonly white: number
  readonly isInverted: boolean
  readonly isGrey: boolean
  readonly channels: readonly [red: boolean, green: boolean, blue: boolean]
}

/** Whether the picture itself is shown, untouched. */
export function isUntouched({ stretch, black, white, isInverted, isGrey, channels }: Look): boolean {
  return stretch === 'picture' && black === 0 && white === 1 && !isInverted && !isGrey && channels.every(Boolean)
}

/** The planes behind red, green and blue. A picture's are in this order; bands of real values come blue first: of two, green has none of its own. */
export function colourPlanes({ planes }: Planes): [Plane] | [red: Plane, green: Plane | null, blue: Plane] {
  if (planes.length === 1) return [planes[0]!]
  const isPicture = planes[0]!.step === 4
  const [red, blue] = isPicture ? [planes[0]!, planes.at(-1)!] : [planes.at(-1)!, planes[0]!]
  const green = planes.length === 2 ? null : planes[Math.floor(planes.length / 2)]!
  return [red, green, blue]
}

/** The values of a plane between which the sliders move. The picture of a file is always shown over its whole range. */
export function rangeOf(plane: Plane, all: readonly Plane[], { stretch, range, isPerBand }: Look): Range {
  const own = (each: Plane) => (range === 'full' || stretch === 'picture' ? each.full : each.auto)
  if (isPerBand) return own(plane)
  return { low: Math.min(...all.map((each) => own(each).low)), high: Math.max(...all.map((each) => own(each).high)) }
}

/** Writes the image as it looks to `out`, [height, width, 4], opaque. */
export function compose(image: Planes, look: Look, out: Uint8ClampedArray): void {
  const table = (plane: Plane) => {
    const { low, high } = rangeOf(plane, image.planes, look)
    const black = low + look.black * (high - low)
    return levelTable(plane.values, { stretch: look.stretch, black, white: low + look.white * (high - low), isInverted: look.isInverted })
  }
  const found = colourPlanes(image)
  const count = image.widthPx * image.heightPx
  if (found.length === 1) {
    const [plane] = found
    const levels = table(plane)
    for (let i = 0, at = 0, from = plane.start; i < count; i++, at += 4, from += plane.step) {
      const level = levels[plane.codes[from]!]!
      out[at] = out[at + 1] = out[at + 2] = level
      out[at + 3] = 255
    }
    return
  }
  const [red, green, blue] = found
  const [reds, greens, blues] = [table(red), green && table(green), table(blue)]
  const [hasRed, hasGreen, hasBlue] = look.channels
  const shown = Number(hasRed) + Number(hasGreen) + Number(hasBlue)
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    const r = reds[red.codes[red.start + red.step * i]!]!
    const b = blues[blue.codes[blue.start + blue.step * i]!]!
    const g = green && greens ? greens[green.codes[green.start + green.step * i]!]! : (r + b) / 2
    if (look.isGrey) {
      const sum = (hasRed ? r : 0) + (hasGreen ? g : 0) + (hasBlue ? b : 0)
      out[at] = out[at + 1] = out[at + 2] = shown === 0 ? 0 : sum / shown
    } else {
      out[at] = hasRed ? r : 0
      out[at + 1] = hasGreen ? g : 0
      out[at + 2] = hasBlue ? b : 0
    }
    out[at + 3] = 255
  }
}
