import sharp from 'sharp'
import type { ModelCard } from '@shared/contract/records'
import { viewDrawer } from '@main/compute/tasks/view-batch'
import { readGrey } from './grey'

/**
 * The centred view [sizePx, sizePx] of a galaxy, made by the code that prediction runs, its values 0..1 rounded to 256 levels of grey; as PNG.
 * Training and dropout prediction turn, mirror and shift it. Throws `image/unreadable`.
 */
export async function drawModelView(path: string, galaxyId: string, network: ModelCard['network'], sizePx: number): Promise<Buffer> {
  const { storedPx, draw } = viewDrawer(network, sizePx, { views: 1, seed: 0 })
  const view = draw([{ id: galaxyId, image: await readGrey(path, galaxyId, storedPx) }])
  const levels = Uint8Array.from(view, (value) => Math.round(255 * value))
  return sharp(levels, { raw: { width: sizePx, height: sizePx, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 1 })
    .toBuffer()
}
