import { packPixels } from '@shared/contract/image'
import { readFacts } from '../facts'
import { readFits, readFitsFile } from '../fits/read-fits'
import { renderFits } from '../fits/render'
import { readDeepPixels } from '../pixels'
import type { ImageTask, TaskResult } from './messages'

/** Does a task in this thread. Throws what reading throws. */
export async function doTask<K extends ImageTask['kind']>(task: Extract<ImageTask, { kind: K }>): Promise<TaskResult<K>>
export async function doTask(task: ImageTask): Promise<TaskResult<ImageTask['kind']>> {
  if (task.kind === 'facts') return readFacts(task.path)
  if (task.kind === 'values') {
    const pixels = await readDeepPixels(task.path)
    return pixels && packPixels(pixels.header, pixels.bands)
  }
  const image = typeof task.file === 'string' ? readFitsFile(task.file) : readFits(task.file)
  return { widthPx: image.widthPx, heightPx: image.heightPx, ...renderFits(image) }
}
