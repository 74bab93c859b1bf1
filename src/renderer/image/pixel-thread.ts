import type { FromPixels, PixelTask, ReadImage, ToPixels } from './pixel-messages'
import type { Look } from './compose'
import PixelWorker from './pixel-worker?worker'

type Waiting = { readonly resolve: (message: FromPixels) => void; readonly reject: (error: Error) => void }

let worker: Worker | null = null
let waiting = new Map<number, Waiting>()
let numbers = 0

/** The one thread of this window; it starts when it is first needed, and again after it ended. */
function thread(): Worker {
  if (worker) return worker
  worker = new PixelWorker()
  worker.addEventListener('message', ({ data }: MessageEvent<FromPixels>) => {
    const asked = waiting.get(data.number)
    waiting.delete(data.number)
    if (data.kind === 'failed') asked?.reject(new Error(data.message))
    else asked?.resolve(data)
  })
  worker.addEventListener('error', (event) => {
    const lost = waiting
    waiting = new Map()
    worker = null
    for (const { reject } of lost.values()) reject(new Error(event.message || 'the thread for pixels did not start'))
  })
  return worker
}

function ask(task: PixelTask): Promise<FromPixels> {
  const number = ++numbers
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject })
    thread().postMessage({ ...task, number } satisfies ToPixels)
  })
}

/** An image that the thread holds, until `drop` is called, together with what the window needs of it. */
export type HeldImage = ReadImage & { readonly draw: (look: Look, step: number) => Promise<ImageBitmap>; readonly drop: () => void }

/**
 * Reads the real values, or the picture, of a view of a galaxy by the address of its image. Null where the file has no real values. Throws a plain
 * error where it cannot be read.
 */
export async function holdImage(imageAddress: string, what: 'values' | 'picture'): Promise<HeldImage | null> {
  const path = what === 'picture' ? imageAddress : `${imageAddress.replace('/image?', '/pixels?')}&deep=true`
  const image = ++numbers
  const answer = await ask({ kind: 'read', image, address: new URL(path, location.href).href, what })
  if (answer.kind !== 'read' || !answer.found) return null
  return {
    ...answer.found,
    async draw(look, step) {
      const drawn = await ask({ kind: 'draw', image, look, step })
      if (drawn.kind !== 'drawn') throw new Error('the thread for pixels answered something else')
      return drawn.bitmap
    },
    drop: () => worker?.postMessage({ kind: 'drop', image } satisfies ToPixels),
  }
}
