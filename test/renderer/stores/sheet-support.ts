import { beforeEach, vi } from 'vitest'
import type { BatchRequest } from '@shared/contract/requests'
import type { QueueItem } from '@shared/contract/records'
import { useSheetStore } from '@renderer/stores/sheet'
import type { SheetList } from '@renderer/sheet/source'
import { freshStores, galaxy, gz2, json, queueRoutes, serve, written, type Routes } from '../support'

export const PAGE = 4
export const LATER_MS = 1_000
/** Time stands unless it is moved. */
export function sheetTests(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
    freshStores()
  })
}

type Entry = BatchRequest['entries'][number]
/** Batches over galaxies in memory, answered as the server answers them. */
export function batchRoutes(items: QueueItem[]): Routes & { batches: BatchRequest[] } {
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
export const resultRoutes = (resultId: string, keys: readonly number[]): Routes => ({
  [`GET /api/search/${resultId}/rows`]: (_, { searchParams }) => {
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))]
    const rows = keys.slice(offset, offset + limit).map((galaxyKey) => ({
      ...{ galaxyKey, id: `galaxy-${galaxyKey}`, raDeg: null, decDeg: null, imageUrl: null, states: [], values: {} },
    }))
    return json({ offset, count: keys.length, rows, usesVotes: false, labelSequence: 0, isCurrent: true })
  },
})
export const list: SheetList = {
  ...{ project: '/data/sky', resultId: 'one', found: 8, digest: 8, places: [[0, 1]], usesVotes: false },
  request: { filter: 'bar_yes > 0.5', sort: null, descending: false },
}

export const galaxies = (count: number) => Array.from({ length: count }, (_, i) => galaxy(i + 1))

export async function opened(items: QueueItem[], more: Routes = {}) {
  const { batches, ...routes } = batchRoutes(items)
  const { calls } = serve({ ...routes, ...more } as Routes)
  const sheet = useSheetStore()
  sheet.open({ project: '/data/sky', annotator: 'Ada', round: 1, tree: gz2 })
  await sheet.resize(PAGE)
  await sheet.load()
  vi.advanceTimersByTime(LATER_MS)
  return { sheet, batches, calls }
}
export const ids = (sheet: ReturnType<typeof useSheetStore>) => sheet.page.items.map(({ id }) => id)
export const said = (batch: BatchRequest) => batch.entries.map(({ galaxyKey, kind, answer }) => `${galaxyKey} ${answer ?? kind}`)
