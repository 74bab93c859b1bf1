import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { findGalaxy } from '@main/catalogue/galaxies'
import { readView } from '@main/catalogue/views'
import { footprintOf } from '@main/images/fits/footprint'
import { readFitsLayout } from '@main/images/fits/read-fits'
import { readGrey } from '@main/images/grey'
import { runImport } from '@main/ingest/run-import'
import { packageRoot } from '@main/paths'
import { floatImage, type Card } from '../../images/fits/support'
import { makeFolder, makeProject, writeFile } from '../support'

const values = Array.from({ length: 64 * 48 }, (_, i) => (i * 7_919) % 251)
const sky = (scaleArcsec: number) =>
  [
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CDELT1', -scaleArcsec / 3_600],
    ['CDELT2', scaleArcsec / 3_600],
  ] as const

describe('importing FITS images', () => {
  it('takes a folder of them, plain and packed, with the size and the pixel scale of each', async () => {
    const folder = makeFolder()
    writeFile(join(folder, 'J1.0+2.5.fits'), floatImage([64, 48], values, sky(0.262)))
    writeFile(join(folder, 'b.fits.gz'), gzipSync(floatImage([64, 48], values)))
    const { path: project, db } = makeProject('gz2')
    const report = await runImport(project, { images: folder })
    expect(report).toMatchObject({ imported: 2, refusedCount: 0 })
    expect(report.notes).toContain('Pixel scale taken from the header of 1 FITS images.')
    const [b, j] = [readView(db, 1), readView(db, 2)]
    expect([b.galaxyId, b.widthPx, b.heightPx, b.pixelScaleArcsec]).toEqual(['b', 64, 48, null])
    expect([j.galaxyId, j.checksum.length]).toEqual(['J1.0+2.5', 64])
    expect(j.pixelScaleArcsec).toBeCloseTo(0.262, 9)
    expect(await readGrey(b.path, 'b', 48)).toEqual(await readGrey(j.path, 'J1.0+2.5', 48))
  })

  it('keeps a given pixel scale, and tells of those in the files that differ by more than one percent', async () => {
    const folder = makeFolder()
    for (const [name, scale] of [
      ['a', 0.262],
      ['b', 0.2635],
      ['c', 0.4],
      ['d', 0.27],
    ] as const)
      writeFile(join(folder, `${name}.fits`), floatImage([64, 48], values, sky(scale)))
    const table = writeFile(join(folder, 'table.csv'), 'id,file\na,a.fits\nb,b.fits\nc,c.fits\nd,d.fits\n')
    const { path: project, db } = makeProject('gz2')
    const report = await runImport(project, { table, images: folder, pixelScale: 0.262 })
    expect(report.imported).toBe(4)
    expect([1, 2, 3, 4].map((key) => readView(db, key).pixelScaleArcsec)).toEqual([0.262, 0.262, 0.262, 0.262])
    const note = report.notes.find((text) => text.includes('differs'))
    expect(note).toContain('pixel scale of 2 FITS images')
    expect(note).toContain('galaxy c (row 4) has 0.4 arcsec per pixel in its header and was given 0.262')
  })

  it('takes the position of a galaxy from the middle of its image where the table gives none', async () => {
    const folder = makeFolder()
    const at = (raDeg: number, decDeg: number): Card[] => [
      ...sky(0.262),
      ['CRVAL1', raDeg],
      ['CRVAL2', decDeg],
      ['CRPIX1', 32.5],
      ['CRPIX2', 24.5],
    ]
    writeFile(join(folder, 'a.fits'), floatImage([64, 48], values, at(150.25, 2.5)))
    writeFile(join(folder, 'b.fits'), floatImage([64, 48], values, [...at(150.25, 2.5), ['RADESYS', 'FK4']]))
    writeFile(join(folder, 'c.fits'), floatImage([64, 48], values, sky(0.262)))
    const { path: project, db } = makeProject('gz2')
    const report = await runImport(project, { images: folder })
    expect(report.notes).toContain('Position taken from the header, as the middle of the image: FITS images 1.')
    const places = ['a', 'b', 'c'].map((id) => findGalaxy(db, id)!).map(({ raDeg, decDeg }) => [raDeg, decDeg])
    expect(places).toEqual([
      [expect.closeTo(150.25, 9), expect.closeTo(2.5, 9)],
      [null, null],
      [null, null],
    ])
  })

  it('keeps a given position, and tells of galaxies that are not in their image', async () => {
    const folder = makeFolder()
    const cards: Card[] = [...sky(0.262), ['CRVAL1', 10], ['CRVAL2', 60], ['CRPIX1', 32.5], ['CRPIX2', 24.5]]
    for (const name of ['a', 'b', 'c']) writeFile(join(folder, `${name}.fits`), floatImage([64, 48], values, cards))
    // Half the diagonal is 40 pixels, 10.48 arcsec: 10 arcsec to the north are in the circle around the image, 18 arcsec to the east are not.
    const rows = ['id,file,ra,dec', `a,a.fits,10,${60 + 10 / 3_600}`, 'b,b.fits,10.01,60', 'c,c.fits,190,-60', '']
    const table = writeFile(join(folder, 'table.csv'), rows.join('\n'))
    const { path: project, db } = makeProject('gz2')
    const report = await runImport(project, { table, images: folder })
    const note = report.notes.find((text) => text.includes('outside'))
    expect(note).toContain('FITS image: 2;')
    expect(note).toContain(`galaxy b (row 3) is 18.0 arcsec from the middle of ${join(folder, 'b.fits')}`)
    expect(report.notes.some((text) => text.startsWith('Position taken'))).toBe(false)
    expect(findGalaxy(db, 'b')).toMatchObject({ raDeg: 10.01, decDeg: 60 })
  })

  it('refuses a truncated one by its row and file, and takes the others', async () => {
    const folder = makeFolder()
    const whole = floatImage([64, 48], values)
    writeFile(join(folder, 'a.fits'), whole)
    writeFile(join(folder, 'b.fits'), whole.subarray(0, whole.length - 5_000))
    writeFile(join(folder, 'c.fits'), '')
    const table = writeFile(join(folder, 'table.csv'), 'id,file\na,a.fits\nb,b.fits\nc,c.fits\n')
    const { path: project } = makeProject('gz2')
    const report = await runImport(project, { table, images: folder })
    expect(report.imported).toBe(1)
    expect(report.refused.map(({ row, id, code }) => [row, id, code])).toEqual([
      [3, 'b', 'import/image-unreadable'],
      [4, 'c', 'import/image-unreadable'],
    ])
    expect(report.refused[0]!.message).toContain(join(folder, 'b.fits'))
    expect(report.refused[0]!.message).toContain('truncated')
  })

  it('finds the file of a galaxy by its id alone', async () => {
    const folder = makeFolder()
    writeFile(join(folder, 'g7.fits.gz'), gzipSync(floatImage([64, 48], values)))
    const table = writeFile(join(makeFolder(), 'table.csv'), 'id\ng7\n')
    const { path: project, db } = makeProject('gz2')
    await runImport(project, { table, images: folder })
    expect(readView(db, 1).path).toBe(join(folder, 'g7.fits.gz'))
  })

  it('that are cut off later are named when they are read', async () => {
    const path = join(makeFolder(), 'a.fits')
    writeFileSync(path, floatImage([64, 48], values).subarray(0, 4_000))
    await expect(readGrey(path, 'g1', 32)).rejects.toMatchObject({
      code: 'image/unreadable',
      message: expect.stringMatching(/g1.*a\.fits.*truncated/),
    })
  })
})

const shared = join(packageRoot(), '..', 'shared', 'data', 'fits')
describe.skipIf(!existsSync(shared))('where the FITS files of surveys lie on the sky', () => {
  // astropy 8.0.2: WCS(header).pixel_to_world of the middle, and its separation from the lowest left corner.
  it.each([
    ['example_a.fits', 359.995016101289, 0.7017529363319994, 0.02619398320993108],
    ['example_b.fits', 0.00436690011903631, 0.5413208334843205, 0.008336788891357623],
  ])('%s is at %d, %d', (file, raDeg, decDeg, radiusDeg) => {
    const footprint = footprintOf(readFitsLayout(readFileSync(join(shared, file))))!
    expect(footprint.raDeg).toBeCloseTo(raDeg, 9)
    expect(footprint.decDeg).toBeCloseTo(decDeg, 9)
    expect(footprint.radiusDeg / radiusDeg).toBeCloseTo(1, 6)
  })
})

describe.skipIf(!existsSync(shared))('the FITS files of surveys as the network gets them', () => {
  it('hold a bright galaxy in the middle of a dark sky', async () => {
    const sizePx = 64
    const grey = await readGrey(join(shared, 'example_a.fits'), 'a', sizePx)
    expect(readFileSync(join(shared, 'example_a.fits')).length).toBeGreaterThan(grey.length)
    const mean = (pixels: number[]) => pixels.reduce((sum, value) => sum + value, 0) / pixels.length
    const near = (radius: number) => [...grey].filter((_, i) => Math.hypot((i % sizePx) - 31.5, Math.floor(i / sizePx) - 31.5) < radius)
    expect(mean(near(4))).toBeGreaterThan(3 * mean([...grey]))
  })
})
