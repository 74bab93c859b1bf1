/** What the window and the thread that works on pixels say to each other. */
import type { Look } from './compose'
import type { Planes } from './planes'

/** `read`: the real values, or the picture, behind an address, kept as `image` until it is dropped. `draw`: an image as it looks, of every `step`-th pixel. */
export type PixelTask =
  | { readonly kind: 'read'; readonly image: number; readonly address: string; readonly what: 'values' | 'picture' }
  | { readonly kind: 'draw'; readonly image: number; readonly look: Look; readonly step: number }
export type ToPixels = (PixelTask & { readonly number: number }) | { readonly kind: 'drop'; readonly image: number }

/** Every pixel's own value: of each band an array, in which `step` numbers lie from one pixel to the next. */
export type ToldPixels = {
  readonly widthPx: number
  readonly heightPx: number
  readonly noValue: 'NaN' | 'blank'
  readonly bands: readonly {
    readonly name: string
    readonly values: Float32Array | Uint8ClampedArray
    readonly start: number
    readonly step: number
  }[]
}
export type ReadImage = { readonly planes: Planes; readonly told: ToldPixels }

export type FromPixels =
  | { readonly kind: 'read'; readonly number: number; readonly found: ReadImage | null }
  | { readonly kind: 'drawn'; readonly number: number; readonly bitmap: ImageBitmap }
  | { readonly kind: 'failed'; readonly number: number; readonly message: string }
