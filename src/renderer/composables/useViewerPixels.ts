import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { compose, isUntouched, type Look } from '../image/compose'
import { planesOfPicture, type Planes } from '../image/planes'
import { loadValues } from '../image/values'

/** `planes`: what is drawn and the controls act on. `told`: the values to tell, the real ones of the file whatever is drawn. Null: not read yet. */
export type ViewerPixels = {
  readonly planes: ShallowRef<Planes | null>
  readonly told: ShallowRef<Planes | null>
  /** Whether the canvas covers the picture. */
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
  const told = shallowRef<Planes | null>(null)
  const isDrawn = shallowRef(false)
  let image: HTMLImageElement | null = null
  let picture: Planes | null = null
  /** The real values; null where the file has no more than the picture, undefined until that is known. */
  let values: Planes | null | undefined
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
    // A canvas of its own: what is on screen stays until the new look is drawn.
    const context = contextOf(document.createElement('canvas'), widthPx, heightPx)
    if (!context) return null
    context.drawImage(image, 0, 0)
    picture = planesOfPicture(context.getImageData(0, 0, widthPx, heightPx).data, widthPx, heightPx)
    return picture
  }

  function ensure(): void {
    const isPicture = look().stretch === 'picture'
    const read = isPicture || values === null ? readPicture() : null
    planes.value = isPicture ? read : (values ?? read)
    told.value = values ?? (values === null ? read : null)
    const now = address()
    if (values !== undefined || now === null) return
    void loadValues(now).then((found) => {
      if (now !== address() || values !== undefined) return
      values = found
      update()
      if (told.value === null) ensure()
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
    const context = canvas.value && contextOf(canvas.value, shown.widthPx, shown.heightPx)
    if (!context) return
    if (output?.width !== shown.widthPx || output.height !== shown.heightPx) output = new ImageData(shown.widthPx, shown.heightPx)
    compose(shown, look(), output.data)
    context.putImageData(output, 0, 0)
    isDrawn.value = true
  }

  watch(
    address,
    () => {
      image = picture = null
      values = undefined
      planes.value = told.value = null
      isDrawn.value = false
      cancelAnimationFrame(frame)
    },
    { flush: 'sync' },
  )
  watch([look, wantsPlanes], update)
  onScopeDispose(() => cancelAnimationFrame(frame))
  return { planes, told, isDrawn, loaded, ensure }
}

function contextOf(element: HTMLCanvasElement, widthPx: number, heightPx: number): CanvasRenderingContext2D | null {
  if (element.width !== widthPx || element.height !== heightPx) [element.width, element.height] = [widthPx, heightPx]
  return element.getContext('2d', { willReadFrequently: true })
}
