// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { BatchRequest } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import { useSheetStore } from '@renderer/stores/sheet'
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
    'GET /api/queue/item': (_, url) => json({ item: items.find((item) => item.galaxyKey === Number(url.searchParams.get('galaxyKey')))! }),
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
  await vi.waitUntil(() => sheet.upcoming.length > 0)
  expect(sheet.upcoming.map(({ id }) => id)).toEqual(['galaxy-5', 'galaxy-6', 'galaxy-7', 'galaxy-8'])
  const queueCalls = () => calls.filter(({ path }) => path.startsWith('/api/queue')).length
  const before = queueCalls()
  await sheet.confirm()
  expect(ids(sheet)).toEqual(['galaxy-5', 'galaxy-6', 'galaxy-7', 'galaxy-8'])
  await vi.waitUntil(() => sheet.upcoming[0]?.id === 'galaxy-9')
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
    const { sheet, batches } = await opened(galaxies(9))
    sheet.beginList({ project: '/data/sky', keys: [9, 2, 7, 4, 5], usesVotes: true, what: 'bar_yes > 0.5' })
    await sheet.load()
    vi.advanceTimersByTime(LATER_MS)
    expect(ids(sheet)).toEqual(['galaxy-9', 'galaxy-2', 'galaxy-7', 'galaxy-4'])
    sheet.toggle(1)
    await sheet.confirm()
    expect([batches.map(said), ids(sheet)]).toEqual([[['2 smooth']], ['galaxy-5']])
  })

  test('a list of another project is not taken along', async () => {
    const { sheet } = await opened(galaxies(3))
    sheet.beginList({ project: '/data/sky', keys: [1], usesVotes: false, what: 'ra > 3' })
    sheet.open({ project: '/data/other', annotator: 'Ada', round: 0, tree: gz2 })
    expect(sheet.source).toEqual({ kind: 'queue' })
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
    expect([...sheet.marks]).toEqual([['turn-3', { kind: 'answer', answer: 'smooth' }]])
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
    await vi.waitUntil(() => sheet.saving.kind === 'failed')
    expect([sheet.savedText, ids(sheet)[0], sheet.marks.size, sheet.isIdle]).toEqual(['', 'galaxy-1', 1, false])
    sheet.toggle(0)
    expect(sheet.marks.size).toBe(1)
    sheet.retry()
    await vi.waitUntil(() => sheet.saving.kind === 'failed' && sheet.saving.error.code === 'catalogue/disk-full')
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
    const kept = localStorage.getItem('galaxy-desk.unsaved-page')!
    expect(kept).toContain('/data/sky')
    freshStores()
    localStorage.setItem('galaxy-desk.unsaved-page', kept)
    const { sheet, batches } = await opened(galaxies(3))
    sheet.open({ project: '/data/other', annotator: 'Ada', round: 1, tree: gz2 })
    await sheet.recover()
    expect(batches).toEqual([])
    sheet.open({ project: '/data/sky', annotator: 'Ada', round: 1, tree: gz2 })
    await sheet.recover()
    expect(batches.map(said)).toEqual([['1 smooth']])
  })
})

test('Shift and arrows mark everything from where the range began', async () => {
  const { sheet } = await opened(galaxies(4))
  sheet.moveTo(1)
  sheet.moveTo(3, true)
  expect([...sheet.marks.keys()]).toEqual(['turn-2', 'turn-3', 'turn-4'])
})
