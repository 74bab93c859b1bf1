import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { compose, isUntouched, type Look } from '../image/compose'
import { planesOfPicture, type Planes } from '../image/planes'
import { loadValues } from '../image/values'

/** What is on screen of an image: its size, the values that the controls act on, and whether the canvas covers the picture. */
export type ViewerPixels = {
  readonly planes: ShallowRef<Planes | null>
  readonly isDrawn: Ref<boolean>
  /** Call when the picture was decoded. */
  loaded: (address: string, image: HTMLImageElement) => void
  /** Reads the pixels now, for whoever asks for a value or a histogram before anything is drawn. */
  ensure: () => void
}

/**
 * Draws an image through its look into a canvas that lies over the picture. The picture itself shows whatever is untouched, at no cost; the pixels
 * are read only when they are needed, and drawn once per frame however fast a slider moves.
 */
export function useViewerPixels(
  address: () => string | null,
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  look: () => Look,
  wantsPlanes: () => boolean,
): ViewerPixels {
  const planes = shallowRef<Planes | null>(null)
  const isDrawn = shallowRef(false)
  let image: HTMLImageElement | null = null
  let picture: Planes | null = null
  let values: Planes | null = null
  let output: ImageData | null = null
  let frame = 0

  function loaded(of: string, decoded: HTMLImageElement): void {
    if (of !== address()) return
    image = decoded
    update()
  }

  function readPicture(): Planes | null {
    if (picture || !image) return picture
    const { naturalWidth: widthPx, naturalHeight: heightPx } = image
    const context = contextOf(widthPx, heightPx)
    if (!context) return null
    context.clearRect(0, 0, widthPx, heightPx)
    context.drawImage(image, 0, 0)
    // What was on the canvas is gone.
    isDrawn.value = false
    picture = planesOfPicture(context.getImageData(0, 0, widthPx, heightPx).data, widthPx, heightPx)
    return picture
  }

  function contextOf(widthPx: number, heightPx: number): CanvasRenderingContext2D | null {
    const element = canvas.value
    if (!element) return null
    if (element.width !== widthPx || element.height !== heightPx) [element.width, element.height] = [widthPx, heightPx]
    return element.getContext('2d', { willReadFrequently: true })
  }

  function ensure(): void {
    const now = address()
    planes.value = (look().stretch === 'picture' ? null : values) ?? readPicture()
    if (now === null || values) return
    void loadValues(now).then((found) => {
      if (found === null || now !== address() || values) return
      values = found
      update()
    })
  }

  /** What the look asks for: nothing, the pixels, or the canvas drawn in the next frame. */
  function update(): void {
    const touched = !isUntouched(look())
    if (!touched) isDrawn.value = false
    if (!image || !(touched || wantsPlanes())) return
    ensure()
    if (touched) {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(draw)
    }
  }

  function draw(): void {
    const shown = planes.value
    if (!shown || isUntouched(look())) return
    const context = contextOf(shown.widthPx, shown.heightPx)
    if (!context) return
    if (output?.width !== shown.widthPx || output.height !== shown.heightPx) output = new ImageData(shown.widthPx, shown.heightPx)
    compose(shown, look(), output.data)
    context.putImageData(output, 0, 0)
    isDrawn.value = true
  }

  watch(
    address,
    () => {
      image = picture = values = null
      planes.value = null
      isDrawn.value = false
      cancelAnimationFrame(frame)
    },
    { flush: 'sync' },
  )
  watch([look, wantsPlanes], update)
  onScopeDispose(() => cancelAnimationFrame(frame))
  return { planes, isDrawn, loaded, ensure }
}
