/** How a colour is seen: as most people do, or without the cones for long (protan), medium (deutan) or short (tritan) waves. */
export const visions = ['usual', 'protan', 'deutan', 'tritan'] as const
export type Vision = (typeof visions)[number]

type Rgb = readonly [number, number, number]

/** Linear RGB as seen without one kind of cone. Source: Machado, Oliveira & Fernandes 2009 (IEEE TVCG 15, 1291), severity 1. */
const missingCone: Record<Exclude<Vision, 'usual'>, readonly Rgb[]> = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
/** Linear sRGB to XYZ over the white point D65. */
const toXyz: readonly Rgb[] = [
  [0.4339499, 0.3762098, 0.1898403],
  [0.2126729, 0.7151522, 0.072175],
  [0.0177566, 0.109468, 0.8727754],
]

const times = (matrix: readonly Rgb[], [x, y, z]: Rgb): Rgb => matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Rgb
const toLinear = (share: number) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4)
const fromLinear = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055)
const linearOf = (colour: string): Rgb => [1, 3, 5].map((at) => toLinear(parseInt(colour.slice(at, at + 2), 16) / 255)) as unknown as Rgb
const clipped = (value: number) => Math.min(1, Math.max(0, value))

/** A colour (`#rrggbb`) as it is seen. */
export function asSeen(colour: string, vision: Vision): string {
  if (vision === 'usual') return colour
  const seen = times(missingCone[vision], linearOf(colour)).map((value) => Math.round(255 * fromLinear(clipped(value))))
  return `#${seen.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** How different two colours look: their distance in CIE L*a*b*, in which 2.3 can just be told apart and black and white are 100 apart. */
export function colourDistance(one: string, other: string): number {
  const [a, b] = [labOf(one), labOf(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

function labOf(colour: string): Rgb {
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29)
  const [x, y, z] = times(toXyz, linearOf(colour)).map(f) as unknown as Rgb
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** The smallest distance between any two of the colours as they are seen. */
export function closestPair(colours: readonly string[], vision: Vision): number {
  const seen = colours.map((colour) => asSeen(colour, vision))
  return Math.min(...seen.flatMap((one, i) => seen.slice(i + 1).map((other) => colourDistance(one, other))))
}
