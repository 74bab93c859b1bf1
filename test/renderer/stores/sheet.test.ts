// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { BatchRequest } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import { useSheetStore } from '@renderer/stores/sheet'
import type { SheetList } from '@renderer/sheet/source'
import { deferred, freshStores, galaxy, gz2, json, queueRoutes, serve, written, type Routes } from '../support'

const PAGE = 4
const LATER_MS = 1_000
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
  freshStores()
})

type Entry = BatchRequest['entries'][number]
/** Batches over galaxies in memory, answered as the server answers them. */
function batchRoutes(items: QueueItem[]): Routes & { batches: BatchRequest[] } {
  const batches: BatchRequest[] = []
  const put = (entry: Entry, isThere: boolean) => {
    const at = items.findIndex(({ galaxyKey }) => galaxyKey === entry.galaxyKey)
    const item = items[at]!
    const others = item.answers.filter(({ question }) => question !== entry.question)
    const said = entry.kind === 'answer' && isThere ? [{ question: entry.question!, answer: entry.answer! }] : []
    items[at] = { ...item, answers: [...others, ...said], cannotTell: entry.kind === 'cannot-tell' && isThere ? [entry.question!] : [] }
  }
  const eventOf = (entry: Entry, batch: string, undoes: string | null) => ({
    ...{ question: null, answer: null, note: null, round: 1, annotator: 'Ada', durationMs: null, at: '2026-01-01T00:00:00.000Z' },
    ...{
      uuid: undoes === null ? entry.uuid : crypto.randomUUID(),
      galaxyKey: entry.galaxyKey,
      kind: undoes === null ? entry.kind : 'undo',
    },
    ...{ batch, undoes },
  })
  const answerOf = (events: unknown[], entries: readonly Entry[]) => ({
    ...written(events, items),
    items: items.filter((item) => entries.some((entry) => entry.galaxyKey === item.galaxyKey)),
  })
  return {
    batches: batches as never,
    ...queueRoutes(items),
    'POST /api/queue/items': (body) =>
      json({ items: (body as { galaxyKeys: number[] }).galaxyKeys.map((key) => items.find(({ galaxyKey }) => galaxyKey === key)) }),
    'POST /api/labels/batch': (body) => {
      const batch = body as BatchRequest
      batches.push(batch)
      batch.entries.forEach((entry) => put(entry, true))
      return json(
        answerOf(
          batch.entries.map((entry) => eventOf(entry, batch.batch, null)),
          batch.entries,
        ),
      )
    },
    'POST /api/labels/undo': () => {
      const last = batches.pop()
      last?.entries.forEach((entry) => put(entry, false))
      const entries = last?.entries ?? []
      return json(
        answerOf(
          entries.map((entry) => eventOf(entry, last!.batch, entry.uuid)),
          entries,
        ),
      )
    },
  } as Routes & { batches: BatchRequest[] }
}

/** A result of these galaxies, as the search keeps it. */
const resultRoutes = (resultId: string, keys: readonly number[]): Routes => ({
  [`GET /api/search/${resultId}/rows`]: (_, { searchParams }) => {
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))]
    const rows = keys.slice(offset, offset + limit).map((galaxyKey) => ({
      ...{ galaxyKey, id: `galaxy-${galaxyKey}`, raDeg: null, decDeg: null, imageUrl: null, states: [], values: {} },
    }))
    return json({ offset, count: keys.length, rows, usesVotes: false, labelSequence: 0, isCurrent: true })
  },
})
const list: SheetList = {
  ...{ project: '/data/sky', resultId: 'one', found: 8, places: [[0, 1]], usesVotes: false },
  request: { filter: 'bar_yes > 0.5', sort: null, descending: false },
}

const galaxies = (count: number) => Array.from({ length: count }, (_, i) => galaxy(i + 1))

async function opened(items: QueueItem[], more: Routes = {}) {
  const { batches, ...routes } = batchRoutes(items)
  const { calls } = serve({ ...routes, ...more } as Routes)
  const sheet = useSheetStore()
  sheet.open({ project: '/data/sky', annotator: 'Ada', round: 1, tree: gz2 })
  await sheet.resize(PAGE)
  await sheet.load()
  vi.advanceTimersByTime(LATER_MS)
  return { sheet, batches, calls }
}
const ids = (sheet: ReturnType<typeof useSheetStore>) => sheet.page.items.map(({ id }) => id)
const said = (batch: BatchRequest) => batch.entries.map(({ galaxyKey, kind, answer }) => `${galaxyKey} ${answer ?? kind}`)

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
        return json({ resultId, count, usesVotes: false, labelSequence: 0, milliseconds: 1 })
      },
    })
    sheet.beginList({ ...list, found: 4, places: [[1, 3]] })
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
    expect(kept['galaxy-desk.unsaved-page']).toContain('/data/sky')
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
