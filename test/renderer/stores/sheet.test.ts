// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest'
import type { BatchRequest } from '@shared/contract/requests'
import { deferred, freshStores, galaxy, gz2, json, queueRoutes } from '../support'
import { LATER_MS, batchRoutes, galaxies, ids, list, opened, resultRoutes, said, sheetTests } from './sheet-support'

sheetTests()

describe('a page', () => {
  test('is saved as one batch: the marked ones only, where no mark means nothing', async () => {
    const { sheet, batches } = await opened(galaxies(6))
    sheet.toggle(0)
    sheet.setMark(2, { kind: 'answer', answer: 'artifact' })
    sheet.setMark(3, { kind: 'cannot-tell' })
    await sheet.confirm()
    expect(batches.map(said)).toEqual([['1 smooth', '3 artifact', '4 cannot-tell']])
    expect(new Set(batches[0]!.entries.map(({ turn }) => turn))).toEqual(new Set(['turn-1', 'turn-3', 'turn-4']))
    expect(sheet.savedText).toBe('Saved: 3 galaxies (1 smooth, 1 artifact, 1 cannot tell)')
    expect([ids(sheet), sheet.marks.size]).toEqual([['galaxy-5', 'galaxy-6'], 0])
  })

  test('is saved whole where the user said what no mark means', async () => {
    const { sheet, batches } = await opened(galaxies(4))
    sheet.change({ unmarked: 'artifact' })
    sheet.toggle(1)
    await sheet.confirm()
    expect(batches.map(said)).toEqual([['1 artifact', '2 smooth', '3 artifact', '4 artifact']])
    expect([sheet.isAtEnd, ids(sheet)]).toEqual([true, []])
  })

  test('without a mark writes nothing and goes on', async () => {
    const { sheet, batches } = await opened(galaxies(5))
    await sheet.confirm()
    expect([batches.length, ids(sheet), sheet.savedText]).toEqual([0, ['galaxy-5'], ''])
    expect(sheet.notice).toContain('nothing of it was saved')
  })

  test('is not confirmed by a second Enter that was meant for the page before', async () => {
    const { sheet, batches } = await opened(galaxies(12))
    sheet.change({ unmarked: 'artifact' })
    await Promise.all([sheet.confirm(), sheet.confirm()])
    await sheet.confirm()
    expect(batches).toHaveLength(1)
    vi.advanceTimersByTime(LATER_MS)
    await sheet.confirm()
    expect(batches).toHaveLength(2)
  })

  test('shares its time among what was said, so that the sum is what it cost', async () => {
    const { sheet, batches } = await opened(galaxies(4))
    sheet.change({ unmarked: 'artifact' })
    await sheet.confirm()
    expect(batches[0]!.entries.map(({ durationMs }) => durationMs)).toEqual(Array.from({ length: 4 }, () => LATER_MS / 4))
  })
})

test('the page after is there before it is asked for, and is looked for again where an undo came between', async () => {
  const { sheet, calls } = await opened(galaxies(12))
  await vi.waitUntil(() => sheet.upcoming.length > 0, { timeout: 50_000 })
  expect(sheet.upcoming.map(({ id }) => id)).toEqual(['galaxy-5', 'galaxy-6', 'galaxy-7', 'galaxy-8'])
  const queueCalls = () => calls.filter(({ path }) => path.startsWith('/api/queue')).length
  const before = queueCalls()
  await sheet.confirm()
  expect(ids(sheet)).toEqual(['galaxy-5', 'galaxy-6', 'galaxy-7', 'galaxy-8'])
  await vi.waitUntil(() => sheet.upcoming[0]?.id === 'galaxy-9', { timeout: 50_000 })
  // One look ahead at the third page, none for the second.
  expect(queueCalls() - before).toBeLessThanOrEqual(2)
  vi.advanceTimersByTime(LATER_MS)
  sheet.toggle(0)
  await sheet.confirm()
  await sheet.undo()
  vi.advanceTimersByTime(LATER_MS)
  await sheet.confirm()
  expect(ids(sheet)).toEqual(['galaxy-9', 'galaxy-10', 'galaxy-11', 'galaxy-12'])
})

describe('which galaxies', () => {
  test('those that have an answer, and those not asked because of the answers so far, are passed by and counted', async () => {
    const featured = [{ question: 'smooth-or-featured', answer: 'featured-or-disk' }]
    const items = [
      galaxy(1),
      galaxy(2, { answers: featured }),
      galaxy(3, { answers: [...featured, { question: 'disk-edge-on', answer: 'no' }] }),
      galaxy(4, { isComplete: true }),
      galaxy(5, { answers: featured }),
    ]
    const { sheet } = await opened(items)
    expect(ids(sheet)).toEqual(['galaxy-1'])
    sheet.ask('disk-edge-on')
    await sheet.load()
    expect([ids(sheet), sheet.passed]).toEqual([['galaxy-2', 'galaxy-5'], { answered: 2, notAsked: 1 }])
    expect(sheet.setup).toEqual({ question: 'disk-edge-on', marked: 'yes', unmarked: null })
  })

  test('a list that was searched for is gone through in its order, and says what it was found by', async () => {
    const { sheet, batches } = await opened(galaxies(9), resultRoutes('one', [3, 9, 2, 7, 1, 4, 5, 8]))
    // Two stretches of the result were chosen.
    sheet.beginList({
      ...list,
      places: [
        [1, 4],
        [5, 7],
      ],
      usesVotes: true,
    })
    await sheet.load()
    vi.advanceTimersByTime(LATER_MS)
    expect(ids(sheet)).toEqual(['galaxy-9', 'galaxy-2', 'galaxy-7', 'galaxy-4'])
    sheet.toggle(1)
    await sheet.confirm()
    expect([batches.map(said), ids(sheet)]).toEqual([[['2 smooth']], ['galaxy-5']])
  })

  test('a list of another project is not taken along', async () => {
    const { sheet } = await opened(galaxies(3))
    sheet.beginList(list)
    sheet.open({ project: '/data/other', annotator: 'Ada', round: 0, tree: gz2 })
    expect(sheet.source).toEqual({ kind: 'queue' })
  })

  test('a list of a million is read a page at a time, from wherever in it, and galaxies that are answered in long stretches', async () => {
    const answered = [{ question: 'smooth-or-featured', answer: 'smooth' }]
    const open = new Set([3, 4, 900, 2_500, 2_501, 2_502, 2_503])
    const million = Array.from({ length: 3_000 }, (_, i) => galaxy(i + 1, { answers: open.has(i + 1) ? [] : answered }))
    const { sheet, calls } = await opened(
      million,
      resultRoutes(
        'one',
        Array.from({ length: 1_000_000 }, (_, i) => (i < 3_000 ? i + 1 : 1)),
      ),
    )
    sheet.beginList({ ...list, found: 1_000_000, places: [[0, 3_000]] })
    await sheet.load()
    expect(ids(sheet)).toEqual(['galaxy-3', 'galaxy-4', 'galaxy-900', 'galaxy-2500'])
    expect(sheet.passed).toEqual({ answered: 2_496, notAsked: 0 })
    const asked = calls
      .filter(({ path }) => path === '/api/queue/items')
      .map(({ body }) => (body as { galaxyKeys: number[] }).galaxyKeys.length)
    expect(Math.max(...asked)).toBe(200)
    await vi.waitUntil(() => sheet.upcoming.length === 3, { timeout: 50_000 })
  })

  test('a list that the server no longer keeps is searched for again, and begins anew where that finds others', async () => {
    let searches = 0
    const { sheet } = await opened(galaxies(6), {
      ...resultRoutes('two', [4, 3, 2, 1]),
      ...resultRoutes('three', [1, 6]),
      'GET /api/search/one/rows': () => json({ code: 'search/gone', message: 'This list is no longer kept. Search again.' }, 404),
      'POST /api/search': () => {
        const [resultId, count] = searches++ === 0 ? ['two', 4] : ['three', 2]
        return json({ resultId, count, digest: count, usesVotes: false, labelSequence: 0, milliseconds: 1 })
      },
    })
    sheet.beginList({ ...list, found: 4, digest: 4, places: [[1, 3]] })
    await sheet.load()
    expect(ids(sheet)).toEqual(['galaxy-3', 'galaxy-2'])
    sheet.beginList({ ...list, found: 8, places: [[0, 8]] })
    await sheet.load()
    expect([ids(sheet), sheet.notice]).toEqual([['galaxy-1', 'galaxy-6'], expect.stringContaining('searched for again')])
    sheet.beginList({ ...list, found: 8, places: [[0, 7]] })
    await expect(sheet.load()).rejects.toMatchObject({ code: 'sheet/list-gone' })
  })
})

describe('undo', () => {
  test('takes the page back as one, shows it with its marks, and goes on after it where it was', async () => {
    const { sheet, batches } = await opened(galaxies(10))
    sheet.toggle(2)
    sheet.change({ unmarked: 'artifact' })
    await sheet.confirm()
    expect(ids(sheet)[0]).toBe('galaxy-5')
    await sheet.undo()
    expect([batches.length, ids(sheet)]).toEqual([0, ['galaxy-1', 'galaxy-2', 'galaxy-3', 'galaxy-4']])
    expect([...sheet.marks]).toEqual([['turn-3', { galaxyKey: 3, mark: { kind: 'answer', answer: 'smooth' } }]])
    vi.advanceTimersByTime(LATER_MS)
    sheet.toggle(0)
    await sheet.confirm()
    expect([batches.map(said), ids(sheet)[0]]).toEqual([[['1 smooth', '2 artifact', '3 smooth', '4 artifact']], 'galaxy-5'])
  })

  test('with nothing to take back says so', async () => {
    const { sheet } = await opened(galaxies(2))
    await sheet.undo()
    expect([sheet.notice, ids(sheet).length]).toEqual(['Nothing is left to take back.', 2])
  })
})

describe('a page that cannot be saved', () => {
  test('keeps its marks, says why, and is sent again as it was, with its UUIDs', async () => {
    const tries: BatchRequest[] = []
    const items = galaxies(6)
    const routes = batchRoutes(items)
    const { sheet } = await opened(items, {
      'POST /api/labels/batch': (body, url) => {
        tries.push(body as BatchRequest)
        if (tries.length === 1) throw new TypeError('no connection')
        if (tries.length === 2) return json({ code: 'catalogue/disk-full', message: 'The disk of this project is full.' }, 503)
        return routes['POST /api/labels/batch']!(body, url)
      },
    })
    sheet.toggle(1)
    const done = sheet.confirm()
    await vi.waitUntil(() => sheet.saving.kind === 'failed', { timeout: 50_000 })
    expect([sheet.savedText, ids(sheet)[0], sheet.marks.size, sheet.isIdle]).toEqual(['', 'galaxy-1', 1, false])
    sheet.toggle(0)
    expect(sheet.marks.size).toBe(1)
    sheet.retry()
    await vi.waitUntil(() => sheet.saving.kind === 'failed' && sheet.saving.error.code === 'catalogue/disk-full', { timeout: 50_000 })
    await vi.advanceTimersByTimeAsync(2_000)
    await done
    expect(tries).toHaveLength(3)
    expect([tries[1], tries[2]]).toEqual([tries[0], tries[0]])
    expect([sheet.savedText, ids(sheet)[0]]).toEqual(['Saved: 1 galaxy (1 smooth)', 'galaxy-5'])
  })

  test('that the server refuses stays to be changed, and nothing of it is kept to be sent', async () => {
    const { sheet } = await opened(galaxies(2), {
      'POST /api/labels/batch': () => json({ code: 'label/not-asked', message: 'Answer that first.' }, 400),
    })
    sheet.toggle(0)
    await sheet.confirm()
    expect([sheet.saving, sheet.isIdle, sheet.marks.size]).toMatchObject([{ kind: 'refused', error: { code: 'label/not-asked' } }, true, 1])
    expect(localStorage.getItem('galaxy-desk.unsaved-page')).toBeNull()
    sheet.toggle(1)
    expect(sheet.marks.size).toBe(2)
  })

  test('when the window closes is saved by the next one, of the same project only', async () => {
    const never = deferred<Response>()
    const first = await opened(galaxies(3), { 'POST /api/labels/batch': () => never.promise })
    first.sheet.toggle(0)
    void first.sheet.confirm()
    const kept = { ...localStorage } as Record<string, string>
    expect(Object.values(kept)).toContainEqual(expect.stringContaining('/data/sky'))
    freshStores()
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value)
    const { sheet, batches } = await opened(galaxies(3))
    sheet.open({ project: '/data/other', annotator: 'Ada', round: 1, tree: gz2 })
    await sheet.recover()
    expect(batches).toEqual([])
    sheet.open({ project: '/data/sky', annotator: 'Ada', round: 1, tree: gz2 })
    await sheet.recover()
    expect(batches.map(said)).toEqual([['1 smooth']])
    // On the sheet it was still marked.
    expect(sheet.hasUnsaved).toBe(false)
  })
})

test('Shift and arrows mark everything from where the range began', async () => {
  const { sheet } = await opened(galaxies(4))
  sheet.moveTo(1)
  sheet.moveTo(3, true)
  expect([...sheet.marks.keys()]).toEqual(['turn-2', 'turn-3', 'turn-4'])
})

test('a page that was saved is not on screen to be saved again where the next one cannot be read', async () => {
  const items = galaxies(6)
  const routes = queueRoutes(items)
  let isGone = true
  const { sheet, batches } = await opened(items, {
    'GET /api/queue': (body, url) => {
      if (isGone && Number(url.searchParams.get('from')) > 0) throw new TypeError('no connection')
      return routes['GET /api/queue']!(body, url)
    },
  })
  sheet.change({ unmarked: 'artifact' })
  await expect(sheet.confirm()).rejects.toMatchObject({ code: 'server/unreachable' })
  expect([batches.length, ids(sheet), sheet.toSave.size, sheet.canConfirm]).toEqual([1, [], 0, false])
  isGone = false
  await sheet.load()
  expect([ids(sheet), sheet.isAtEnd]).toEqual([['galaxy-5', 'galaxy-6'], true])
})
