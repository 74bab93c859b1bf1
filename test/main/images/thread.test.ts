import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unpackPixels } from '@shared/contract/image'
import { doTask } from '@main/images/thread/do-task'
import { createImageThreads, type ImageThreads } from '@main/images/thread/threads'
import { buildEntry } from '../build-entry'
import { floatImage, type Card } from './fits/support'

const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-image-thread-'))
let entry = ''
let threads: ImageThreads
beforeAll(async () => {
  entry = await buildEntry(resolve('.'), 'images/thread/entry.ts')
  threads = createImageThreads(entry, 1)
})
afterAll(async () => {
  await threads.close()
  for (const each of [folder, dirname(entry)]) rmSync(each, { recursive: true, force: true })
})

const upright: Card[] = [
  ['CTYPE1', 'RA---TAN'],
  ['CTYPE2', 'DEC--TAN'],
  ['CDELT1', -1e-4],
  ['CDELT2', 1e-4],
]
function file(name: string, sidePx: number): string {
  const path = join(folder, name)
  const values = Array.from({ length: 3 * sidePx * sidePx }, (_, i) => Math.sin(i * 12.9898) + (i % 97) / 10)
  writeFileSync(path, floatImage([sidePx, sidePx, 3], values, [['BANDS', 'grz'], ...upright]))
  return path
}

describe('a thread for images', () => {
  it('makes the picture, the values and the facts that this thread makes', async () => {
    const path = file('a.fits', 40)
    const picture = await threads.run({ kind: 'picture', file: path })
    expect(picture).toEqual(await doTask({ kind: 'picture', file: path }))
    expect(new Set(picture.pixels).size).toBeGreaterThan(20)
    const block = await threads.run({ kind: 'values', path })
    expect(Buffer.compare(block!, (await doTask({ kind: 'values', path }))!)).toBe(0)
    expect(unpackPixels(block!.slice().buffer as ArrayBuffer).header).toMatchObject({
      widthPx: 40,
      heightPx: 40,
      bandNames: ['g', 'r', 'z'],
    })
    expect(await threads.run({ kind: 'facts', path })).toEqual(await doTask({ kind: 'facts', path }))
  })

  it('leaves this thread free while it reads a large image', async () => {
    const path = file('large.fits', 900)
    let turns = 0
    let isOver = false
    const walk = () => {
      turns++
      if (!isOver) setImmediate(walk)
    }
    walk()
    await threads.run({ kind: 'picture', file: path })
    isOver = true
    // Done here it would be one turn; a hundred are made in the first milliseconds.
    expect(turns).toBeGreaterThan(100)
  })

  it('reads what somebody waits for before what is only made ready', async () => {
    const path = file('b.fits', 60)
    const order: string[] = []
    const run = (name: string, isUrgent: boolean) =>
      threads.run({ kind: 'picture', file: path }, isUrgent).then(() => void order.push(name))
    await Promise.all([run('first', false), run('thumbnail', false), run('looked at', true), run('looked at next', true)])
    expect(order).toEqual(['first', 'looked at', 'looked at next', 'thumbnail'])
  })

  it('says why a file cannot be read, and reads the next', async () => {
    const cut = join(folder, 'cut.fits')
    writeFileSync(cut, floatImage([30, 30], Array<number>(900).fill(1)).subarray(0, 3_000))
    await expect(threads.run({ kind: 'picture', file: cut })).rejects.toMatchObject({ code: 'fits/truncated' })
    await expect(threads.run({ kind: 'facts', path: join(folder, 'absent.fits') })).rejects.toThrow(/ENOENT/)
    expect((await threads.run({ kind: 'facts', path: file('c.fits', 5) })).description).toMatch(/^FITS/)
  })

  it('reads the facts of an image whose header has a number beyond all range', async () => {
    const path = join(folder, 'beyond.fits')
    const place: Card[] = [...upright, ['CRVAL1', 150], ['CRVAL2', 2], ['CRPIX1', 3], 'CRPIX2  =                1E400']
    writeFileSync(path, floatImage([5, 5], Array<number>(25).fill(1), place))
    expect(await threads.run({ kind: 'facts', path })).toMatchObject({ wcs: null, description: expect.stringMatching(/no known place/) })
  })

  it('that answers what was not asked for, or what is no answer, fails that task alone', async () => {
    const confused = join(folder, 'confused.mjs')
    writeFileSync(
      confused,
      `import { parentPort } from 'node:worker_threads'
       const answer = { picture: 'hello', values: { kind: 'done', result: 5 }, facts: { kind: 'done', result: { wcs: null, hasValues: true, description: 'a' } } }
       parentPort.on('message', ({ kind }) => parentPort.postMessage(answer[kind]))`,
    )
    const own = createImageThreads(confused, 1)
    const asked = await Promise.allSettled([
      own.run({ kind: 'values', path: '' }),
      own.run({ kind: 'picture', file: '' }),
      own.run({ kind: 'facts', path: '' }),
    ])
    expect(asked).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }, { status: 'fulfilled', value: { description: 'a' } }])
    await own.close()
  })

  it('that ends in the middle fails what it did, and another does the rest', async () => {
    const path = file('d.fits', 600)
    const own = createImageThreads(entry, 1)
    const lost = own.run({ kind: 'picture', file: path })
    const after = own.run({ kind: 'picture', file: path })
    await Promise.all([own.close(), expect(lost).rejects.toMatchObject({ code: 'image/died' })])
    expect((await after).widthPx).toBe(600)
    await own.close()
  })
})
