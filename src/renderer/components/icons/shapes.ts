/** Drawn on a grid of 32, centre (16, 16). `isFull`: filled; else only its outline. `isFaint`: drawn weaker, for what is not meant. */
export type Shape = { d: string; isFull?: boolean; isFaint?: boolean }

const CENTRE = 16
const round = (value: number) => Math.round(value * 100) / 100

/** An ellipse with half axes `rx` and `ry`, turned by `degrees` anticlockwise. */
export function ellipse(rx: number, ry: number, { cx = CENTRE, cy = CENTRE, degrees = 0 } = {}): Shape {
  const turn = (-degrees * Math.PI) / 180
  const [dx, dy] = [round(rx * Math.cos(turn)), round(rx * Math.sin(turn))]
  const arc = (sign: number) => `A${rx} ${ry} ${-degrees} 0 1 ${round(cx + sign * dx)} ${round(cy + sign * dy)}`
  return { d: `M${round(cx - dx)} ${round(cy - dy)}${arc(1)}${arc(-1)}Z` }
}

export const disc = (radius: number, at: { cx?: number; cy?: number } = {}): Shape => ({ ...ellipse(radius, radius, at), isFull: true })
export const path = (d: string): Shape => ({ d })
export const full = (shape: Shape): Shape => ({ ...shape, isFull: true })
export const faint = (...shapes: Shape[]): Shape[] => shapes.map((shape) => ({ ...shape, isFaint: true }))

/** Logarithmic arms from `inner` to `outer`, each winding by `turns` (1 is a whole turn). */
export function arms(count: number, turns: number, { inner = 3, outer = 13, start = 0 } = {}): Shape[] {
  const steps = 36
  return Array.from({ length: count }, (_, arm) => {
    const points = Array.from({ length: steps + 1 }, (_, step) => {
      const share = step / steps
      const radius = inner * (outer / inner) ** share
      const angle = 2 * Math.PI * (start + arm / count + turns * share)
      return `${round(CENTRE + radius * Math.cos(angle))} ${round(CENTRE - radius * Math.sin(angle))}`
    })
    return path(`M${points.join('L')}`)
  })
}

/** A disk seen from its edge. */
export const edgeOn = (): Shape => ellipse(14, 2.2)
export const cross = (): Shape[] => faint(path('M25 5 5 25'))
export const dots = (...at: readonly (readonly [number, number])[]): Shape[] => at.map(([cx, cy]) => disc(1.1, { cx, cy }))
