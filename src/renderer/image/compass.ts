import { northAndEast, type Wcs } from '@shared/science/sky/wcs'
import type { Matrix, Size } from './geometry'

/** `x` to the right and `y` downwards, of length 1. */
export type Compass = {
  readonly arms: readonly { readonly name: 'N' | 'E'; readonly x: number; readonly y: number }[]
  readonly text: string
}

/** Which way north and east lie on screen in the middle of an image that is placed by `matrix`; null where that is not known, or no right ascension. */
export function compassOf(wcs: Wcs, { width, height }: Size, [a, b, c, d]: Matrix): Compass | null {
  const found = wcs.axes === 'equatorial' ? northAndEast(wcs, (width + 1) / 2, (height + 1) / 2) : null
  if (!found) return null
  const arm = (name: 'N' | 'E', [right, up]: readonly [number, number]) => {
    const [x, y] = [a * right - c * up, b * right - d * up]
    const length = Math.hypot(x, y)
    return { name, x: x / length, y: y / length }
  }
  const [north, east] = [arm('N', found.north), arm('E', found.east)]
  return { arms: [north, east], text: `North is ${direction(north)}, east is ${direction(east)}` }
}

function direction({ x, y }: { x: number; y: number }): string {
  const angleDeg = Math.round((Math.atan2(x, -y) * 180) / Math.PI)
  if (angleDeg === 0) return 'up'
  if (Math.abs(angleDeg) === 180) return 'down'
  return `${Math.abs(angleDeg)}° to the ${angleDeg > 0 ? 'right' : 'left'} of up`
}
