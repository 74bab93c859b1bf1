/**
 * Draws docs/images/sample-beside-real.jpg: 24 galaxies of the sample on the left, 24 real SDSS cutouts on the right, as they come, none chosen.
 * Usage: node scripts/draw-sample-sheet.mjs FOLDER_OF_CUTOUTS [OUT.jpg] [SEED]
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const [cutouts, out = join(root, 'docs/images/sample-beside-real.jpg'), seed = '1'] = process.argv.slice(2)
if (!cutouts) {
  process.stderr.write('Give the folder of real cutouts: node scripts/draw-sample-sheet.mjs FOLDER\n')
  process.exit(2)
}

const [columns, rows, cellPx, linePx, gapPx] = [4, 6, 180, 2, 24]

async function load(path) {
  const settings = { root, configFile: false, logLevel: 'error', resolve: { alias: { '@shared': join(root, 'src/shared') } } }
  return (await runnerImport(join(root, 'src/shared/science/simulate', path), settings)).module
}

const { drawParameters } = await load('draw.ts')
const { renderGalaxy } = await load('render.ts')

const count = columns * rows
const simulated = Array.from({ length: count }, (_, index) =>
  sharp(renderGalaxy(drawParameters(Number(seed), index), 256), { raw: { width: 256, height: 256, channels: 3 } }),
)
// Evenly through the folder: names sort by number of the survey, and neighbours in it are neighbours on the sky.
const names = readdirSync(cutouts)
  .filter((name) => /\.jpe?g$/i.test(name))
  .sort()
const real = Array.from({ length: count }, (_, at) => sharp(join(cutouts, names[Math.floor((at * names.length) / count)])))

const place = (left) => async (image, at) => ({
  input: await image.resize(cellPx, cellPx).png().toBuffer(),
  left: left + (at % columns) * (cellPx + linePx),
  top: Math.floor(at / columns) * (cellPx + linePx),
})
const half = columns * (cellPx + linePx) - linePx
const tiles = await Promise.all([...simulated.map(place(0)), ...real.map(place(half + gapPx))])
await sharp({ create: { width: 2 * half + gapPx, height: rows * (cellPx + linePx) - linePx, channels: 3, background: '#333' } })
  .composite(tiles)
  .jpeg({ quality: 88 })
  .toFile(out)
