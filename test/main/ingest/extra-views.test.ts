import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readGalaxyContext } from '@main/catalogue/galaxy-context'
import { openCatalogue } from '@main/catalogue/open'
import { readSummary } from '@main/catalogue/summary'
import { readImages, readView } from '@main/catalogue/views'
import { runImport } from '@main/ingest/run-import'
import { drawImage, makeFolder, makeProject, writeFile, writeTable } from './support'

async function folderOf(names: readonly string[], sizePx: number): Promise<string> {
  const folder = makeFolder()
  for (const name of names) writeFile(join(folder, name), await drawImage('png', 20, sizePx, sizePx))
  return folder
}

test('further images join the galaxies of their ids; the model goes on seeing view 1 only', async () => {
  const { path, db } = makeProject('gz2')
  await runImport(path, { images: await folderOf(['a.png', 'b.png', 'c.png'], 32), pixelScale: 0.4 })
  const before = [...readImages(db)]
  const report = await runImport(path, { images: await folderOf(['a.png', 'b.png', 'nobody.png'], 48), pixelScale: 0.262, view: 2 })
  expect(report).toMatchObject({ imported: 2, refusedCount: 1, refused: [{ id: 'nobody', code: 'import/unknown-galaxy' }] })
  expect([...readImages(db)]).toEqual(before)
  expect(readGalaxyContext(db, 1, { votes: false, others: false, columns: false }).views).toMatchObject([
    { view: 1, pixelScaleArcsec: 0.4, widthPx: 32 },
    { view: 2, pixelScaleArcsec: 0.262, widthPx: 48 },
  ])
  expect(readSummary(db).counts).toMatchObject({ galaxies: 3, withImages: 3 })
})

test('a view that a galaxy has is not replaced, and views without images are refused as a whole', async () => {
  const { path, db } = makeProject('gz2')
  await runImport(path, { images: await folderOf(['a.png'], 32) })
  await runImport(path, { images: await folderOf(['a.png'], 48), view: 2 })
  const again = await runImport(path, { images: await folderOf(['a.png'], 64), view: 2 })
  expect(again).toMatchObject({ imported: 0, refused: [{ id: 'a', code: 'import/duplicate-view' }] })
  expect(readView(db, 1, 2).widthPx).toBe(48)
  await expect(runImport(path, { table: writeTable(['id', 'a']), view: 3 })).rejects.toMatchObject({ code: 'import/no-images' })
})

test('an import of views that was interrupted leaves none of them', async () => {
  const { path } = makeProject('gz2')
  await runImport(path, { images: await folderOf(['a.png'], 32) })
  const controller = new AbortController()
  controller.abort()
  await expect(runImport(path, { images: await folderOf(['a.png'], 48), view: 2 }, { signal: controller.signal })).rejects.toMatchObject({
    code: 'job/cancelled',
  })
  const db = openCatalogue(path, { readonly: true })
  expect(() => readView(db, 1, 2)).toThrow(expect.objectContaining({ code: 'view/unknown' }) as Error)
  db.close()
})
