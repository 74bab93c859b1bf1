import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isUntouched, type Look } from '../image/compose'
import { holdImage, type HeldImage } from '../image/pixel-thread'
import type { ToldPixels } from '../image/pixel-messages'
import type { Planes } from '../image/planes'
import { loadValues, useValues } from '../image/values'

/** `planes`: what is drawn and the controls act on. `told`: the values to tell, the real ones of the file whatever is drawn. Null: not read yet. */
export type ViewerPixels = {
  readonly planes: ShallowRef<Planes | null>
  readonly told: ShallowRef<ToldPixels | null>
  /** Whether the canvas covers the picture. */
  readonly isDrawn: Ref<boolean>
  /** Call when the picture was decoded. */
  loaded: (address: string) => void
  /** Reads the pixels now, for whoever asks for a value or a histogram before anything is drawn. */
  ensure: () => void
}

/** A slider that did not move for so long rests. */
const RESTS_MS = 120

/**
 * Draws an image through its look into a canvas that lies over the picture. The picture itself shows whatever is untouched, at no cost; the pixels
 * are read only when they are needed. A thread reads and draws; while it draws, only the latest look waits, however fast a slider moves. `step`: how
 * many pixels of the image lie on one of the screen; while the look changes only one of them is drawn, and all once it rests.
 */
export function useViewerPixels(
  address: () => string | null,
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  look: () => Look,
  wantsPlanes: () => boolean,
  step: () => number,
): ViewerPixels {
  const planes = shallowRef<Planes | null>(null)
  const told = shallowRef<ToldPixels | null>(null)
  const isDrawn = shallowRef(false)
  let isLoaded = false
  /** The real values; null where the file has no more than the picture, undefined until that is known. */
  let values: HeldImage | null | undefined
  let picture: HeldImage | null = null
  let isAsked = { values: false, picture: false }
  let release: () => void = () => undefined
  let drawing: 'no' | 'now' | 'again' = 'no'
  let resting = 0

  function loaded(of: string): void {
    if (of !== address()) return
    isLoaded = true
    update()
  }

  /** What is drawn: the picture as the file shows it, or the real values, where there are any. */
  const shown = (): HeldImage | null => (look().stretch === 'picture' || values === null ? picture : (values ?? null))

  function tell(): void {
    planes.value = shown()?.planes ?? null
    told.value = (values ?? (values === null ? picture : null))?.told ?? null
  }

  function ensure(): void {
    const now = address()
    if (now === null) return
    if ((look().stretch === 'picture' || values === null) && !picture && !isAsked.picture) {
      isAsked.picture = true
      void holdImage(now, 'picture').then(
        (found) => {
          if (now !== address()) found?.drop()
          else {
            picture = found
            update()
          }
        },
        // The picture itself says that it cannot be read.
        () => undefined,
      )
    }
    if (values === undefined && !isAsked.values) {
      isAsked.values = true
      void loadValues(now).then((found) => {
        if (now !== address()) return
        values = found
        release = useValues(now)
        update()
        if (told.value === null) ensure()
      })
    }
    tell()
  }

  /** What the look asks for: nothing, the pixels, or the canvas drawn. */
  function update(): void {
    const touched = !isUntouched(look())
    if (!touched) isDrawn.value = false
    tell()
    if (!isLoaded || !(touched || wantsPlanes())) return
    ensure()
    if (touched) void draw()
  }

  async function draw(first = step()): Promise<void> {
    window.clearTimeout(resting)
    if (drawing !== 'no') {
      drawing = 'again'
      return
    }
    let every = first
    for (;;) {
      drawing = 'now'
      const [of, image] = [address(), shown()]
      if (image && !isUntouched(look()))
        await image.draw(look(), every).then(
          (bitmap) => show(bitmap, of),
          () => undefined,
        )
      // It may have become another one while this was drawn.
      if ((drawing as string) !== 'again') break
      every = step()
    }
    drawing = 'no'
    if (every > 1) resting = window.setTimeout(() => void draw(1), RESTS_MS)
  }

  function show(bitmap: ImageBitmap, of: string | null): void {
    const context = of === address() && !isUntouched(look()) ? canvas.value?.getContext('bitmaprenderer') : null
    if (!context) {
      bitmap.close()
      return
    }
    context.transferFromImageBitmap(bitmap)
    isDrawn.value = true
  }

  function forget(): void {
    window.clearTimeout(resting)
    picture?.drop()
    picture = null
    values = undefined
    release()
    release = () => undefined
    isAsked = { values: false, picture: false }
    isLoaded = isDrawn.value = false
    planes.value = told.value = null
  }

  watch(address, forget, { flush: 'sync' })
  watch([look, wantsPlanes], update)
  onScopeDispose(forget)
  return { planes, told, isDrawn, loaded, ensure }
}
