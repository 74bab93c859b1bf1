import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Queue } from '@shared/contract/records'
import { findTree } from '@shared/science/tree/built-in'
import { createProject } from '@main/catalogue/project'
import { runSplit } from '@main/catalogue/run-split'
import { runImport } from '@main/ingest/run-import'
import { floatImage } from '../main/images/fits/support'
import tiles from '../reference/fits-tiles.json' with { type: 'json' }
import { coveredTexts, hindrances } from './support/axe'
import { beginJourney } from './support/journey'
import { beginLabelling } from './support/labelling'
import { goTo } from './support/projects'

const folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-viewer-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tan = (scaleArcsec: number) =>
  [
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRPIX1', 60.5],
    ['CRPIX2', 50.5],
    ['CRVAL1', 150.1],
    ['CRVAL2', 2.2],
    ['CDELT1', -scaleArcsec / 3_600],
    ['CDELT2', scaleArcsec / 3_600],
  ] as const

/** Rings of brightness about the middle, on noise. */
function drawn(sidePx: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: sidePx * sidePx * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % sidePx, Math.floor(at / 3 / sidePx)]
    const distance = Math.hypot(x - sidePx / 2, y - sidePx / 2) / sidePx
    return 200 * Math.exp(-8 * distance) * (0.8 + 0.2 * Math.cos(40 * distance + seed + (at % 3))) + ((at * 7_919 + seed) % 13)
  })
}

/** Galaxies of 424 and one of 2,000 pixels, one in FITS with three bands; each has a wider view 2 of twice the pixel scale. */
async function makeSurvey(): Promise<void> {
  const project = createProject(join(folder, 'eyes.galaxydesk'), findTree('gz2'))
  const images = join(folder, 'images')
  const wide = join(folder, 'wide')
  for (const path of [images, wide]) mkdirSync(path)
  for (let i = 1; i <= 10; i++) {
    const sidePx = i === 10 ? 2_000 : 424
    const raw = { width: sidePx, height: sidePx, channels: 3 } as const
    await sharp(drawn(sidePx, i), { raw })
      .png({ compressionLevel: 1 })
      .toFile(join(images, `g${i}.png`))
  }
  const values = Array.from({ length: 3 * 120 * 100 }, (_, i) => 0.004 * Math.sin(i * 12.9898) + (i === 120 * 50 + 60 ? 123.456 : 0))
  values[120 * 50 + 62] = NaN
  values[120 * 50 + 63] = Infinity
  writeFileSync(join(images, 'cube.fits'), floatImage([120, 100, 3], values, [['BANDS', 'grz'], ...tan(0.262)]))
  // The survey's own way to keep its images: compressed in tiles.
  const tiled = tiles.cases.find(({ name }) => name === 'RICE_1 of a cube by rows')!
  writeFileSync(join(images, 'tiled.fits.fz'), gunzipSync(Buffer.from(tiled.file, 'base64')))
  writeFileSync(join(wide, 'cube.fits'), floatImage([120, 100], values.slice(0, 12_000), tan(0.524)))
  await runImport(project, { images })
  await runImport(project, { images: wide, view: 2 })
  await runSplit(project, { test: 1, initial: 'all', seed: 1 })
}

/** Until the next image is on screen: one was enough. Milliseconds are only printed, they depend on the machine. */
const MOST_FRAMES = 3

/** The addresses of pictures and pixels that are asked of the server from now on, by the page and by its threads. */
function watchPixels(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (/\/(image|pixels)$/.test(pathname)) asked.push(pathname + search)
  })
  return asked
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

describe('the image of a galaxy', () => {
  beforeAll(makeSurvey)
  const journey = beginJourney({ GALAXY_DESK_PROJECT: join(folder, 'eyes.galaxydesk') })
  const text = (id: string) => journey.page.getByTestId(id).first().innerText()
  const press = (key: string) => journey.page.keyboard.press(key)
  const canvas = () => journey.page.getByTestId('view-1').getByTestId('stretched')
  /** The colour of a pixel of the stretched image, whoever drew it. */
  const colourAt = (x: number, y: number) =>
    canvas().evaluate(
      (element: HTMLCanvasElement, at) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d')!
        context.drawImage(element, -at[0]!, -at[1]!)
        return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
      },
      [x, y],
    )
  /** Waits until a pixel of the stretched image has a colour that a look makes. */
  const untilColour = (x: number, y: number, is: (colour: number[]) => boolean) =>
    expect.poll(async () => is(await colourAt(x, y))).toBe(true)
  /** Waits until the readout says something. */
  const untilTold = (what: RegExp) =>
    expect.poll(async () => ((await journey.page.getByTestId('pixel').count()) > 0 ? text('pixel') : '')).toMatch(what)
  /** Moves the pointer to the middle of a pixel, counted from 0 at the upper left. */
  async function pointAt(x: number, y: number): Promise<void> {
    const box = (await journey.page.getByTestId('view-1').boundingBox())!
    const [a, b, c, d, e, f] = (await placed()) as [number, number, number, number, number, number]
    await journey.page.mouse.move(box.x + a * (x + 0.5) + c * (y + 0.5) + e, box.y + b * (x + 0.5) + d * (y + 0.5) + f)
  }
  /** Where the image lies: the matrix of its stage. */
  const placed = () =>
    journey.page.locator('[data-testid="view-1"] .stage').evaluate((stage) =>
      getComputedStyle(stage)
        .transform.match(/[-\d.e]+/g)!
        .map(Number),
    )

  /** Steps through the queue to a galaxy, from its end backwards. */
  async function show(id: string): Promise<void> {
    const shown = () => journey.page.evaluate(() => document.querySelector<HTMLElement>('[data-testid="galaxy-id"]')?.innerText ?? null)
    let direction = 'ArrowRight'
    for (let at = await shown(); at !== id; at = await shown()) {
      if (at === null) direction = 'ArrowLeft'
      await press(direction)
      await expect.poll(shown).not.toBe(at)
    }
    await untilPlaced()
  }
  /** Waits until the image on screen is loaded and lies where it belongs. */
  const untilPlaced = () =>
    journey.page.waitForFunction(() => document.querySelector<HTMLElement>('.stage')?.style.transform.startsWith('matrix'))

  test('is shown as the file is, with its scale or that the scale is unknown', async () => {
    await beginLabelling(journey.page, 'Ada')
    await show('cube')
    expect(await text('scale-bar')).toMatch(/^\d+(\.\d+)?″$/)
    expect(await canvas().isVisible()).toBe(false)
    await show('g1')
    expect(await text('scale-bar')).toBe('pixel scale unknown')
    expect(journey.errors).toEqual([])
  })

  test('is stretched from the real values of a FITS file, which the pointer tells', async () => {
    await show('cube')
    await press('t')
    await canvas().waitFor()
    // Only the first band, which is blue, has the bright pixel.
    expect([(await colourAt(60, 49))[2], (await colourAt(61, 49))[2]! < 255]).toEqual([255, true])
    await pointAt(60, 49)
    await untilTold(/^x 61 y 51 {3}g 123\.4\d+ {3}r -?0\.00\d+ {3}z /)
    await pointAt(62, 49)
    await untilTold(/^x 63 y 51 {3}g NaN {3}r /)
    await pointAt(63, 49)
    await untilTold(/^x 64 y 51 {3}g inf {3}r /)
    // What has no value is dark in its band, whatever the stretch.
    expect([(await colourAt(62, 49))[2], (await colourAt(63, 49))[2]]).toEqual([0, 0])
    await press('q')
    await canvas().waitFor({ state: 'hidden' })
  })

  test('has its place on the sky, north and east, and limits by zscale', async () => {
    await show('cube')
    const compass = journey.page.getByTestId('view-1').getByRole('img', { name: 'North is up, east is 90° to the left of up' })
    await compass.waitFor()
    // The middle of the crosshair is told where no pointer is: 150.1, 2.2 by the header.
    await journey.page.mouse.move(1, 1)
    await press('c')
    await untilTold(/\n150\.100000° \+2\.200000° {3}10:00:24\.000 \+02:12:00\.00$/)
    await press(']')
    await journey.page.getByRole('img', { name: 'North is 90° to the right of up, east is up' }).waitFor()
    await press('q')
    await press('d')
    const controls = journey.page.getByTestId('image-controls')
    await controls.getByTestId('image-facts').getByText('FITS, float32, 3 bands g r z, TAN').waitFor()
    await controls.getByRole('combobox', { name: 'Stretch' }).selectOption('linear')
    await controls.getByRole('combobox', { name: 'Range' }).selectOption('zscale')
    // Noise of 0.004 and one bright pixel: zscale ends just above the noise, so that most of the sky is neither black nor white.
    const white = controls.getByRole('slider', { name: 'White point' })
    await expect.poll(async () => Number((await white.getAttribute('aria-valuetext'))?.replace('g ', ''))).toBeLessThan(0.05)
    await press('d')
    await press('q')
    expect(journey.errors).toEqual([])
  })

  test('of tiles is shown, stretched and told as any other', async () => {
    await show('tiled')
    await press('t')
    await canvas().waitFor()
    await pointAt(0, 20)
    const { values } = tiles.cases.find(({ name }) => name === 'RICE_1 of a cube by rows')!
    const first = new Float32Array(new Uint8Array(gunzipSync(Buffer.from(values, 'base64'))).buffer)[20 * 37]!
    await untilTold(new RegExp(`^x 1 y 1 {3}band 1 ${Number(first.toPrecision(6))} {3}band 2 `))
    await press('q')
    expect(journey.errors).toEqual([])
  })

  test('is inverted, loses channels and gets a black point by keys, and by name in the controls', async () => {
    await show('g2')
    await press('x')
    await canvas().waitFor()
    await untilColour(212, 212, (colour) => colour.every((level) => level < 140))
    await press('Shift+R')
    await untilColour(212, 212, ([red]) => red === 0)
    await press('d')
    const controls = journey.page.getByTestId('image-controls')
    await controls.getByRole('combobox', { name: 'Stretch' }).selectOption('log')
    await controls.getByRole('slider', { name: 'White point' }).fill('0.5')
    expect(await controls.getByRole('button', { name: 'Red' }).getAttribute('aria-pressed')).toBe('false')
    await expect.poll(() => controls.getByTestId('histogram').locator('polyline').count()).toBe(3)
    expect(journey.errors).toEqual([])
  })

  test('keeps its look for the next galaxy and the next start, and none for other projects', async () => {
    // The keys of a slider that has the focus are its own.
    await journey.page.getByRole('slider', { name: 'White point' }).blur()
    await press('ArrowRight')
    await canvas().waitFor()
    await journey.page.reload()
    await beginLabelling(journey.page, 'Ada')
    await canvas().waitFor()
    const kept = await journey.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('galaxy-desk.viewer.')))
    expect(kept).toHaveLength(1)
    expect(JSON.parse(kept[0]![1])).toMatchObject({ stretch: 'log', white: 0.5, isInverted: true, channels: [false, true, true] })
    await press('q')
    await press('d')
    await canvas().waitFor({ state: 'hidden' })
  })

  test('zooms at the pointer, moves, turns and mirrors without drawing anything', async () => {
    await show('g3')
    const box = (await journey.page.getByTestId('view-1').boundingBox())!
    // The wheel knows whole pixels of the window only.
    const at = { x: Math.round(box.x + box.width / 3) - box.x, y: Math.round(box.y + box.height / 3) - box.y }
    const before = await placed()
    await journey.page.mouse.move(box.x + at.x, box.y + at.y)
    await journey.page.mouse.wheel(0, -500)
    await journey.page.waitForFunction(
      (scale) => Math.abs(new DOMMatrix(getComputedStyle(document.querySelector('.stage')!).transform).a) > scale * 1.5,
      before[0]!,
    )
    const after = await placed()
    const under = (m: number[]) => [(at.x - m[4]!) / m[0]!, (at.y - m[5]!) / m[3]!]
    under(after).forEach((value, i) => expect(value).toBeCloseTo(under(before)[i]!, 1))
    await press('Shift+ArrowRight')
    expect((await placed())[4]).toBeCloseTo(after[4]! - box.width / 8, 0)
    await press('q')
    await press(']')
    const turned = await placed()
    expect([turned[0], turned[1]! > 0]).toEqual([expect.closeTo(0, 6), true])
    await press('w')
    expect((await placed())[1]).toBeLessThan(0)
    await press('c')
    expect(await journey.page.getByTestId('crosshair').count()).toBe(1)
    await press('q')
    expect(await canvas().isVisible()).toBe(false)
    expect(journey.errors).toEqual([])
  })

  test("stands beside the model's view on M and a wider view, at the scale of the sky, on V", async () => {
    await show('cube')
    await press('m')
    const model = journey.page.getByTestId('model-view')
    await model.getByText('224 × 224 px').waitFor()
    await press('m')
    await press('v')
    const second = journey.page.getByTestId('view-2')
    await second.locator('img').waitFor()
    await journey.page.waitForFunction(() => document.querySelectorAll('.stage')[1]?.getAttribute('style')?.includes('matrix'))
    const scales = await journey.page
      .locator('.stage')
      .evaluateAll((stages) => stages.map((stage) => new DOMMatrix(getComputedStyle(stage).transform).a))
    expect(scales[1]! / scales[0]!).toBeCloseTo(2, 4)
    await press('Shift+V')
    await second.and(journey.page.locator('.hidden')).waitFor({ state: 'attached' })
    await second.and(journey.page.locator(':not(.hidden)')).waitFor()
    await press('o')
    await press('Shift+V')
    await press('v')
    await second.waitFor({ state: 'detached' })
    expect(journey.errors).toEqual([])
  })

  test('swaps the views by key alone for whoever wants nothing to move', async () => {
    const setMotion = async (motion: string): Promise<void> => {
      await goTo(journey.page, 'Settings')
      await journey.page.getByRole('combobox', { name: 'Motion' }).selectOption(motion)
      await goTo(journey.page, 'Label')
      await untilPlaced()
    }
    await setMotion('nothing moves')
    await show('cube')
    await press('v')
    await press('Shift+V')
    const second = journey.page.getByTestId('view-2')
    const isHidden = () => second.evaluate((pane) => pane.classList.contains('hidden'))
    await expect.poll(isHidden).toBe(true)
    const swaps = await second.evaluate(async (pane) => {
      let count = 0
      new MutationObserver((changes) => (count += changes.length)).observe(pane, { attributeFilter: ['class'] })
      await new Promise((resolve) => setTimeout(resolve, 1500))
      return count
    })
    expect(swaps).toBe(0)
    await press('o')
    await expect.poll(isHidden).toBe(false)
    await press('Shift+V')
    await press('v')
    await setMotion('as the system')
    expect(journey.errors).toEqual([])
  })

  test.each(['dark', 'light'])('has controls that hinder nobody in the %s theme', async (theme) => {
    const { page } = journey
    await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme)
    for (const key of ['d', 'm', 'v', 't', 'c']) await press(key)
    await page.getByTestId('model-view').getByText('224 × 224 px').waitFor()
    await page.getByTestId('histogram').locator('polyline').first().waitFor()
    expect(await hindrances(page, `Label with the image controls, ${theme}`)).toEqual([])
    expect(await coveredTexts(page)).toEqual([])
    for (const key of ['q', 'v', 'm', 'd']) await press(key)
    await page.getByTestId('image-controls').waitFor({ state: 'detached' })
  })

  test('is there soon after the key, and a stretch follows the slider', async () => {
    const { page } = journey
    const asked = watchPixels(page)
    await page.reload()
    await beginLabelling(page, 'Ada')
    await untilPlaced()
    const { items } = await page.evaluate(async () => (await (await fetch('/api/queue?annotator=Ada&from=1&limit=20')).json()) as Queue)
    const steps: { ms: number; frames: number }[] = []
    for (const { id, imageUrl } of items.slice(1, 9)) {
      // The window has it before the key, by itself.
      await page.waitForFunction((url) => performance.getEntriesByName(new URL(url, location.href).href).length > 0, imageUrl!)
      const before = asked.length
      const step = await page.evaluate(
        async ({ url, most }) => {
          const start = performance.now()
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
          const image = () => document.querySelector<HTMLImageElement>('figure img')!
          const isThere = () => image().getAttribute('src') === url && image().complete && image().parentElement!.style.transform !== ''
          let frames = 0
          for (; frames <= most && !isThere(); frames++) await new Promise(requestAnimationFrame)
          await image().decode()
          await new Promise(requestAnimationFrame)
          return { ms: performance.now() - start, frames }
        },
        { url: imageUrl!, most: MOST_FRAMES },
      )
      expect(step.frames, id).toBeLessThanOrEqual(MOST_FRAMES)
      expect(asked.slice(before), id).not.toContain(imageUrl)
      steps.push(step)
    }
    const frames: Record<string, number> = {}
    for (const id of ['g4', 'g10']) {
      await show(id)
      await press('t')
      await canvas().waitFor()
      const own = items.find((item) => item.id === id)!.imageUrl!.replace('image?view=1', '')
      const before = asked.length
      frames[id] = median(
        await journey.page.evaluate(async () => {
          const times: number[] = []
          const show = ImageBitmapRenderingContext.prototype.transferFromImageBitmap
          for (let n = 0; n < 9; n++) {
            const drawn = new Promise<void>((resolve) => {
              ImageBitmapRenderingContext.prototype.transferFromImageBitmap = function (bitmap) {
                show.call(this, bitmap)
                resolve()
              }
            })
            const start = performance.now()
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: n % 2 ? 'J' : 'j', shiftKey: n % 2 === 1, bubbles: true }))
            await drawn
            await new Promise(requestAnimationFrame)
            times.push(performance.now() - start)
          }
          ImageBitmapRenderingContext.prototype.transferFromImageBitmap = show
          return times
        }),
      )
      expect(asked.slice(before).filter((address) => address.startsWith(own))).toEqual([])
      await press('q')
    }
    console.log(
      `key to next image ${median(steps.map(({ ms }) => ms)).toFixed(1)} ms; a stretch of 424 px ${frames.g4!.toFixed(1)} ms, of 2,000 px ${frames.g10!.toFixed(1)} ms`,
    )
    expect(journey.errors).toEqual([])
  })
})
