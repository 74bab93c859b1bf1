import { describe, expect, test } from 'vitest'
import { checkCatalogue } from '@main/catalogue/check'
import { beginImport, abortImport } from '@main/catalogue/imports'
import { appendLabel, findLabel } from '@main/catalogue/labels'
import { openCatalogue } from '@main/catalogue/open'
import { readSummary } from '@main/catalogue/summary'
import { startChild } from './child-process'
import { answerOf, reopened, surveyProject } from './support'

const count = (db: ReturnType<typeof reopened>, table: string) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!

describe('a process killed in the middle', () => {
  test('of labelling: every answer it called saved is in the log', async () => {
    const { path, db } = surveyProject({ count: 50 })
    db.close()
    const child = await startChild('label-forever', path)
    await child.waitForLines(40)
    await child.kill()
    const again = reopened(path)
    expect(child.lines.filter((uuid) => findLabel(again, uuid) === null)).toEqual([])
    expect(count(again, 'labels') - child.lines.length).toBeLessThanOrEqual(1)
    expect(await checkCatalogue(again, { images: false })).toEqual([])
  })

  test('of an import: nothing of it is visible, and the next open removes it and says so', async () => {
    const { path, db } = surveyProject({ count: 7 })
    const child = await startChild('import-forever', path)
    await child.waitForLines(4)
    expect(count(db, 'all_galaxies')).toBeGreaterThan(7)
    expect(count(db, 'galaxies')).toBe(7)
    await child.kill()
    db.close()
    const notices: string[] = []
    openCatalogue(path, { onNotice: (message) => notices.push(message) }).close()
    expect(notices).toEqual([expect.stringMatching(/An import had been interrupted; its \d+ galaxies were removed/)])
    const again = reopened(path)
    expect([count(again, 'all_galaxies'), count(again, 'all_views'), count(again, 'imports')]).toEqual([7, 7, 1])
    expect(readSummary(again).counts).toMatchObject({ galaxies: 7, withImages: 7 })
    expect(await checkCatalogue(again, { images: false })).toEqual([])
  })
})

describe('while another process imports', () => {
  test('labels are saved, a second import is refused, and opening the project removes nothing', async () => {
    const { path, db } = surveyProject({ count: 50 })
    const child = await startChild('import-forever', path)
    await child.waitForLines(2)
    expect(appendLabel(db, answerOf(1, 'smooth', 'yes'))).toMatchObject({ answer: 'yes' })
    expect(() => beginImport(db, {})).toThrow(expect.objectContaining({ code: 'import/running' }))
    const before = count(db, 'all_galaxies')
    openCatalogue(path).close()
    expect(count(db, 'all_galaxies')).toBeGreaterThanOrEqual(before)
    await child.kill()
    abortImport(db, beginImport(db, {}))
    expect(count(db, 'all_galaxies')).toBe(50)
  })
})
