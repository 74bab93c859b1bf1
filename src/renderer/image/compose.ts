import type { CodedPlane, LimitKind, Plane, Planes, Range } from './planes'
import { levelTable, type Stretch } from './stretch'

/** What the viewer does to an image. `black` and `white` are shares 0..1 of the limits that `range` names. */
export type Look = {
  readonly stretch: Stretch
  readonly range: LimitKind
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
export function colourPlanes<P extends Plane>({ planes, isPicture }: Planes<P>): [P] | [red: P, green: P | null, blue: P] {
  if (planes.length === 1) return [planes[0]!]
  const [red, blue] = isPicture ? [planes[0]!, planes.at(-1)!] : [planes.at(-1)!, planes[0]!]
  const green = planes.length === 2 ? null : planes[Math.floor(planes.length / 2)]!
  return [red, green, blue]
}

/** The values of a plane between which the sliders move. The picture of a file is always shown over its whole range. */
export function rangeOf(plane: Plane, all: readonly Plane[], { stretch, range, isPerBand }: Look): Range {
  const own = ({ limits }: Plane) => limits[stretch === 'picture' ? 'full' : range]
  if (isPerBand) return own(plane)
  return { low: Math.min(...all.map((each) => own(each).low)), high: Math.max(...all.map((each) => own(each).high)) }
}

const OPAQUE = 0xff000000

/** Writes the image as it looks to `out`, [height, width, 4], opaque. Runs on little-endian machines, as all that Electron runs on. */
export function compose(image: Planes<CodedPlane>, look: Look, out: Uint8ClampedArray): void {
  const table = (plane: Plane) => {
    const { low, high } = rangeOf(plane, image.planes, look)
    const black = low + look.black * (high - low)
    return levelTable(plane.values, { stretch: look.stretch, black, white: low + look.white * (high - low), isInverted: look.isInverted })
  }
  const found = colourPlanes(image)
  const pixels = new Uint32Array(out.buffer, out.byteOffset, image.widthPx * image.heightPx)
  if (found.length === 1) {
    const [plane] = found
    writeGrey(plane, table(plane), pixels)
    return
  }
  const [red, green, blue] = found
  if (green === null) {
    writeTwo([red, blue], [table(red), table(blue)], look, pixels)
    return
  }
  const write = look.isGrey ? writeMean : writeColours
  write([red, green, blue], [table(red), table(green), table(blue)], look, pixels)
}

function writeGrey({ codes, start, step }: CodedPlane, levels: Uint8ClampedArray, pixels: Uint32Array): void {
  const colours = new Uint32Array(levels.length)
  for (let code = 0; code < levels.length; code++) colours[code] = OPAQUE | (levels[code]! * 0x010101)
  for (let i = 0, from = start; i < pixels.length; i++, from += step) pixels[i] = colours[codes[from]!]!
}

/** Each channel from a band of its own: whole pixels are put together by one look-up per channel, which is what a slider waits for. */
function writeColours(
  [red, green, blue]: [CodedPlane, CodedPlane, CodedPlane],
  tables: readonly [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray],
  { channels }: Look,
  pixels: Uint32Array,
): void {
  const [reds, greens, blues] = tables.map((levels, channel) => {
    const colours = new Uint32Array(levels.length).fill(channel === 0 ? OPAQUE : 0)
    if (channels[channel]) for (let code = 0; code < levels.length; code++) colours[code]! |= levels[code]! << (8 * channel)
    return colours
  }) as [Uint32Array, Uint32Array, Uint32Array]
  const [r, g, b] = [red.codes, green.codes, blue.codes]
  // Loops of their own for bands, whose codes lie one after the other, and for pictures, whose pixels are read whole: a third of the time.
  if (red.step === 1) for (let i = 0; i < pixels.length; i++) pixels[i] = reds[r[i]!]! | greens[g[i]!]! | blues[b[i]!]!
  else {
    const rgba = new Uint32Array(r.buffer, r.byteOffset, pixels.length)
    for (let i = 0; i < pixels.length; i++) {
      const pixel = rgba[i]!
      pixels[i] = reds[pixel & 255]! | greens[(pixel >> 8) & 255]! | blues[(pixel >> 16) & 255]!
    }
  }
}

/** The mean of the channels that are on, by one look-up per channel and one for their sum. */
function writeMean(
  [red, green, blue]: [CodedPlane, CodedPlane, CodedPlane],
  tables: readonly [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray],
  { channels }: Look,
  pixels: Uint32Array,
): void {
  const [reds, greens, blues] = tables.map((levels, channel) => (channels[channel] ? levels : new Uint8ClampedArray(levels.length))) as [
    Uint8ClampedArray,
    Uint8ClampedArray,
    Uint8ClampedArray,
  ]
  const shown = Math.max(1, channels.filter(Boolean).length)
  const greys = Uint32Array.from({ length: 3 * 255 + 1 }, (_, sum) => (OPAQUE | (Math.min(255, Math.round(sum / shown)) * 0x010101)) >>> 0)
  const [r, g, b] = [red.codes, green.codes, blue.codes]
  for (let i = 0, at = 0; i < pixels.length; i++, at += red.step)
    pixels[i] = greys[reds[r[at + red.start]!]! + greens[g[at + green.start]!]! + blues[b[at + blue.start]!]!]!
}

/** Of two bands: red and blue, of which green is the mean. */
function writeTwo(
  [red, blue]: [CodedPlane, CodedPlane],
  [reds, blues]: readonly [Uint8ClampedArray, Uint8ClampedArray],
  { channels: [hasRed, hasGreen, hasBlue], isGrey }: Look,
  pixels: Uint32Array,
): void {
  const shown = Number(hasRed) + Number(hasGreen) + Number(hasBlue)
  for (let i = 0; i < pixels.length; i++) {
    const r = reds[red.codes[red.start + red.step * i]!]!
    const b = blues[blue.codes[blue.start + blue.step * i]!]!
    const g = Math.round((r + b) / 2)
    if (isGrey) {
      const level = shown === 0 ? 0 : Math.round(((hasRed ? r : 0) + (hasGreen ? g : 0) + (hasBlue ? b : 0)) / shown)
      pixels[i] = OPAQUE | (level * 0x010101)
    } else pixels[i] = OPAQUE | (hasRed ? r : 0) | (hasGreen ? g << 8 : 0) | (hasBlue ? b << 16 : 0)
  }
}
