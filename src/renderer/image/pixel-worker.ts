/** The window's thread for pixels: it reads images and draws them, so that the window answers to keys while millions of pixels are worked on. */
import { compose } from './compose'
import type { FromPixels, PixelTask, ToPixels } from './pixel-messages'
import type { CodedPlane, Planes } from './planes'
import { readPicture, readValues } from './read-image'
import { thinned } from './thinned'

const images = new Map<number, Planes<CodedPlane>>()
/** The image whose slider moves, thinned. */
let thin: { of: Planes<CodedPlane>; step: number; image: Planes<CodedPlane> } | null = null
/** One for each size would hold memory; images of a survey have one size. */
let canvas: { element: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D; data: ImageData } | null = null

const say = (message: FromPixels, moved: Transferable[] = []) => self.postMessage(message, { transfer: moved })

async function answer(task: PixelTask & { number: number }): Promise<void> {
  const { number } = task
  if (task.kind === 'draw') {
    const bitmap = draw(task)
    say({ kind: 'drawn', number, bitmap }, [bitmap])
    return
  }
  const read = await (task.what === 'values' ? readValues(task.address) : readPicture(task.address))
  if (read) images.set(task.image, read.coded)
  const moved = new Set(read?.found.told.bands.map(({ values }) => values.buffer as ArrayBuffer))
  say({ kind: 'read', number, found: read?.found ?? null }, [...moved])
}

function draw({ image: id, look, step }: Extract<PixelTask, { kind: 'draw' }>): ImageBitmap {
  const whole = images.get(id)
  if (!whole) throw new Error(`image ${id} is not there`)
  if (step > 1 && (thin?.of !== whole || thin.step !== step)) thin = { of: whole, step, image: thinned(whole, step) }
  const image = step > 1 && thin ? thin.image : whole
  const { widthPx, heightPx } = image
  if (canvas?.data.width !== widthPx || canvas.data.height !== heightPx) {
    const element = new OffscreenCanvas(widthPx, heightPx)
    const context = element.getContext('2d', { alpha: false, willReadFrequently: true })
    if (!context) throw new Error('no canvas')
    canvas = { element, context, data: new ImageData(widthPx, heightPx) }
  }
  compose(image, look, canvas.data.data)
  canvas.context.putImageData(canvas.data, 0, 0)
  return canvas.element.transferToImageBitmap()
}

self.addEventListener('message', ({ data }: MessageEvent<ToPixels>) => {
  if (data.kind === 'drop') {
    if (thin?.of === images.get(data.image)) thin = null
    images.delete(data.image)
  } else answer(data).catch((error: unknown) => say({ kind: 'failed', number: data.number, message: String(error) }))
})
