import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleId, sampleSizePx, writeSample } from '@main/ingest/write-sample'
import { drawParameters } from '@shared/science/simulate/draw'
import { renderGalaxy } from '@shared/science/simulate/render'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const readTable = async (path: string) => parse(await readFile(path, 'utf8'), { columns: true }) as Record<string, string>[]

describe('a written sample', () => {
  it('has a row, a true row and a picture for each galaxy', async () => {
    const progress: number[] = []
    const sample = await writeSample(folder, { galaxies: 6, seed: 42, onProgress: (done) => progress.push(done) })
    const [table, truth] = [await readTable(sample.table), await readTable(sample.truth)]
    expect(progress).toEqual([1, 2, 3, 4, 5, 6])
    expect((await readdir(folder)).sort()).toEqual(['galaxies.csv', 'images', 'truth.csv'])
    expect(table.map(({ id }) => id)).toEqual(Array.from({ length: 6 }, (_, index) => sampleId(42, index)))
    expect(truth.map(({ id }) => id)).toEqual(table.map(({ id }) => id))
    expect((await readdir(sample.imageFolder)).sort()).toEqual(table.map((row) => row['file_name']))
    expect(table[3]!['id']).toBe('SIM-000042-000003')
    for (const row of table) {
      const smoothOrNot = ['smooth', 'featured-or-disk', 'artifact'].map((answer) => Number(row[`smooth-or-featured_${answer}`]))
      expect(smoothOrNot.reduce((sum, count) => sum + count, 0)).toBe(Number(row['smooth-or-featured_total-votes']))
      expect(Number(row['pixel_scale'])).toBeGreaterThan(0.05)
    }
    for (const row of truth) expect(Number(row['bar_yes_probability']) + Number(row['bar_no_probability'])).toBeCloseTo(1, 5)
  })

  it('keeps the pictures as they were drawn, but for the loss of JPEG', async () => {
    const sample = await writeSample(folder, { galaxies: 2, seed: 5 })
    const { data, info } = await sharp(join(sample.imageFolder, `${sampleId(5, 1)}.jpg`))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([sampleSizePx, sampleSizePx, 3])
    const drawn = renderGalaxy(drawParameters(5, 1), sampleSizePx)
    const difference = drawn.reduce((sum, value, at) => sum + Math.abs(value - data[at]!), 0) / drawn.length
    expect(difference).toBeLessThan(4)
  })

  it('does not depend on how many galaxies there are', async () => {
    const few = await writeSample(join(folder, 'few'), { galaxies: 2, seed: 8 })
    const more = await writeSample(join(folder, 'more'), { galaxies: 4, seed: 8 })
    expect((await readTable(more.table)).slice(0, 2)).toEqual(await readTable(few.table))
    const picture = (imageFolder: string) => readFile(join(imageFolder, `${sampleId(8, 1)}.jpg`))
    expect(await picture(more.imageFolder)).toEqual(await picture(few.imageFolder))
  })

  it('puts pictures where it is told, also into an empty folder', async () => {
    const imageFolder = join(folder, 'project', 'cutouts')
    await mkdir(imageFolder, { recursive: true })
    await writeSample(folder, { galaxies: 1, seed: 1, imageFolder })
    expect(await readdir(imageFolder)).toEqual([`${sampleId(1, 0)}.jpg`])
  })

  it('leaves nothing when it is cancelled', async () => {
    const controller = new AbortController()
    const stop = (done: number) => {
      if (done === 3) controller.abort()
    }
    await expect(writeSample(folder, { galaxies: 50, seed: 1, signal: controller.signal, onProgress: stop })).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    )
    expect(await readdir(folder)).toEqual([])
  })

  it('clears away what a killed run left', async () => {
    await mkdir(join(folder, 'images.partial'))
    await writeFile(join(folder, 'images.partial', 'old.jpg'), 'half')
    const sample = await writeSample(folder, { galaxies: 1, seed: 1 })
    expect(await readdir(sample.imageFolder)).toEqual([`${sampleId(1, 0)}.jpg`])
  })

  it('never replaces files', async () => {
    await writeFile(join(folder, 'galaxies.csv'), 'mine')
    await expect(writeSample(folder, { galaxies: 1, seed: 1 })).rejects.toThrow(expect.objectContaining({ code: 'sample/exists' }))
    expect(await readFile(join(folder, 'galaxies.csv'), 'utf8')).toBe('mine')
    expect(await readdir(folder)).toEqual(['galaxies.csv'])
    const imageFolder = join(folder, 'pictures')
    await mkdir(imageFolder)
    await writeFile(join(imageFolder, 'mine.jpg'), 'mine')
    await expect(writeSample(join(folder, 'sample'), { galaxies: 1, seed: 1, imageFolder })).rejects.toThrow(
      expect.objectContaining({ code: 'sample/exists' }),
    )
    expect(await readFile(join(imageFolder, 'mine.jpg'), 'utf8')).toBe('mine')
  })
})
