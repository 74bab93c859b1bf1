// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest'
import { useSheetStore } from '@renderer/stores/sheet'
import { deferred, freshStores, gz2, json, serve, type Routes } from '../support'
import { LATER_MS, batchRoutes, galaxies, ids, list, opened, resultRoutes, said, sheetTests } from './sheet-support'

sheetTests()

test('a list that was renewed begins at its start for every load that is on its way', async () => {
  const [late, renewed] = [deferred<Response>(), deferred<Response>()]
  const gone = () => json({ code: 'search/gone', message: 'This list is no longer kept. Search again.' }, 404)
  const answers: (Response | Promise<Response>)[] = [gone(), late.promise]
  const { sheet } = await opened(galaxies(8), resultRoutes('one', [1, 2, 3, 4, 5, 6, 7, 8]))
  sheet.beginList({ ...list, places: [[0, 8]] })
  await sheet.load()
  await sheet.turn()
  sheet.clearMarks()
  expect([ids(sheet)[0], sheet.trail]).toEqual(['galaxy-5', [0]])
  serve({
    ...batchRoutes(galaxies(8)),
    ...resultRoutes('two', [8, 7, 6]),
    'GET /api/search/one/rows': () => answers.shift()!,
    'POST /api/search': () => renewed.promise,
  } as unknown as Routes)
  const first = sheet.load()
  await vi.waitUntil(() => answers.length === 1, { timeout: 50_000 })
  const second = sheet.load()
  await vi.waitUntil(() => answers.length === 0, { timeout: 50_000 })
  renewed.resolve(json({ resultId: 'two', count: 3, digest: 3, usesVotes: false, labelSequence: 0, milliseconds: 1 }))
  await first
  late.resolve(gone())
  await second
  expect([ids(sheet), sheet.trail, sheet.page.from]).toEqual([['galaxy-8', 'galaxy-7', 'galaxy-6'], [], 0])
})

describe('pages that are turned without saving', () => {
  test('keep their marks, can be turned back to, and are saved as one with what no mark means', async () => {
    const { sheet, batches } = await opened(galaxies(14))
    sheet.change({ unmarked: 'artifact' })
    sheet.toggle(1)
    await sheet.turn()
    sheet.toggle(0)
    await sheet.turn()
    expect([ids(sheet)[0], sheet.markedElsewhere, sheet.toSave.size]).toEqual(['galaxy-9', 2, 12])
    await sheet.turnBack()
    expect([ids(sheet)[0], sheet.markOf(sheet.page.items[0]!)]).toEqual(['galaxy-5', { kind: 'answer', answer: 'smooth' }])
    vi.advanceTimersByTime(LATER_MS)
    await sheet.confirm()
    // The third page was on screen and is not turned: it comes again.
    expect(batches.map(said)).toEqual([
      ['1 artifact', '2 smooth', '3 artifact', '4 artifact', '5 smooth', '6 artifact', '7 artifact', '8 artifact'],
    ])
    expect([ids(sheet)[0], sheet.marks.size, sheet.toSave.size]).toEqual(['galaxy-9', 0, 4])
    await sheet.undo()
    expect([ids(sheet)[0], sheet.marks.size, sheet.toSave.size, batches.length]).toEqual(['galaxy-5', 2, 8, 0])
  })

  test('cost what all of them took', async () => {
    const { sheet, batches } = await opened(galaxies(8))
    sheet.toggle(0)
    await sheet.turn()
    vi.advanceTimersByTime(LATER_MS)
    sheet.toggle(0)
    await sheet.confirm()
    expect(batches[0]!.entries.map(({ durationMs }) => durationMs)).toEqual([LATER_MS, LATER_MS])
  })

  test('are no more than one batch holds', async () => {
    const { sheet } = await opened(galaxies(600))
    await sheet.resize(120)
    sheet.change({ unmarked: 'artifact' })
    for (let n = 0; n < 5; n++) await sheet.turn()
    expect([sheet.trail.length, sheet.toSave.size]).toEqual([3, 480])
    expect(sheet.notice).toBe('500 galaxies are saved at once at most. Save these first.')
  })

  test('are not left for other galaxies or another question before they are saved or cleared', async () => {
    const { sheet } = await opened(galaxies(9))
    sheet.toggle(0)
    await sheet.turn()
    for (const leave of [() => sheet.beginList(list), () => sheet.ask('bar'), sheet.beginQueue]) expect(leave).toThrow('are not saved yet')
    sheet.clearMarks()
    sheet.ask('bar')
    expect([sheet.setup?.question, sheet.hasUnsaved]).toEqual(['bar', false])
  })

  test('are kept when another round is opened, and saved with what is marked in it', async () => {
    const { sheet, batches } = await opened(galaxies(9))
    sheet.toggle(0)
    await sheet.turn()
    sheet.toggle(1)
    sheet.open({ project: '/data/sky', annotator: 'Ada', round: 2, tree: gz2 })
    expect([[...sheet.marks.keys()], sheet.trail, sheet.notice]).toEqual([['turn-1', 'turn-6'], [], expect.stringContaining('is kept')])
    await sheet.load()
    vi.advanceTimersByTime(LATER_MS)
    await sheet.confirm()
    expect(batches.map(said)).toEqual([['1 smooth', '6 smooth']])
    // What is saved is not kept a second time.
    sheet.open({ project: '/data/sky', annotator: 'Ada', round: 3, tree: gz2 })
    expect([sheet.marks.size, sheet.notice]).toEqual([0, ''])
  })

  test('of a list are nothing to a round that is opened, also in the next window', async () => {
    const routes = resultRoutes('one', [6, 5, 4, 3, 2, 1])
    const { sheet } = await opened(galaxies(6), routes)
    sheet.beginList({ ...list, found: 6, digest: 6, places: [[0, 6]] })
    await sheet.load()
    sheet.toggle(0)
    await sheet.turn()
    sheet.open({ project: '/data/sky', annotator: 'Ada', round: 2, tree: gz2 })
    expect([[...sheet.marks.keys()], ids(sheet), sheet.trail]).toEqual([['turn-6'], ['galaxy-2', 'galaxy-1'], [0]])
    const memory = { ...localStorage }
    freshStores()
    for (const [key, value] of Object.entries(memory)) localStorage.setItem(key, value as string)
    serve({ ...batchRoutes(galaxies(6)), ...routes } as Routes)
    const next = useSheetStore()
    next.open({ project: '/data/sky', annotator: 'Ada', round: 3, tree: gz2 })
    expect([next.source.kind, [...next.marks.keys()], next.page.from]).toEqual(['list', ['turn-6'], 4])
  })

  test('that are saved while the sheet gets another size are all that is gone on from', async () => {
    const reply = deferred<null>()
    const items = galaxies(9)
    const { batches, ...served } = batchRoutes(items)
    const { sheet } = await opened(items, {
      ...served,
      'POST /api/labels/batch': (body, url) => reply.promise.then(() => served['POST /api/labels/batch']!(body, url)),
    })
    sheet.change({ unmarked: 'artifact' })
    const confirming = sheet.confirm()
    await sheet.resize(8)
    reply.resolve(null)
    await confirming
    expect(batches.map(said)).toEqual([['1 artifact', '2 artifact', '3 artifact', '4 artifact']])
    expect(ids(sheet)).toEqual(['galaxy-5', 'galaxy-6', 'galaxy-7', 'galaxy-8', 'galaxy-9'])
  })

  test('come back with their marks after a reload, for the same annotator only', async () => {
    const first = await opened(galaxies(12))
    first.sheet.change({ unmarked: 'artifact' })
    first.sheet.toggle(2)
    await first.sheet.turn()
    first.sheet.toggle(1)
    const memory = { ...localStorage }
    const reload = () => {
      freshStores()
      for (const [key, value] of Object.entries(memory)) localStorage.setItem(key, value as string)
    }
    reload()
    const { sheet } = await opened(galaxies(12))
    expect([ids(sheet)[0], [...sheet.marks.keys()], sheet.toSave.size]).toEqual(['galaxy-5', ['turn-3', 'turn-6'], 8])
    expect([sheet.setup?.unmarked, sheet.trail, sheet.notice]).toEqual(['artifact', [0], expect.stringContaining('is here again')])
    reload()
    serve(batchRoutes(galaxies(12)))
    const other = useSheetStore()
    other.open({ project: '/data/sky', annotator: 'Ben', round: 1, tree: gz2 })
    expect([other.marks.size, other.page.from]).toEqual([0, 0])
  })
})
