// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { useSearchStore } from '@renderer/stores/search'
import { deferred, freshStores, json, serve, type Routes } from '../support'

const COUNT = 1_000
beforeEach(freshStores)

const answer = (resultId: string, count = COUNT, digest = count) => ({
  ...{ resultId, count, digest },
  ...{ usesVotes: false, labelSequence: 0, milliseconds: 3 },
})
function rows(url: URL, usesVotes = false, isCurrent = true) {
  const offset = Number(url.searchParams.get('offset'))
  const limit = Number(url.searchParams.get('limit'))
  const list = Array.from({ length: Math.min(limit, COUNT - offset) }, (_, i) => ({
    galaxyKey: offset + i + 1,
    id: `g${offset + i + 1}`,
    raDeg: null,
    decDeg: null,
    imageUrl: null,
    states: [],
    values: {},
  }))
  return json({ offset, count: COUNT, rows: list, usesVotes, labelSequence: 0, isCurrent })
}
const everything = { filter: '', sort: null, descending: false }
const routes = (more: Routes = {}): Routes => ({
  'POST /api/search': () => json(answer('one')),
  'GET /api/search/one/rows': (_, url) => rows(url),
  ...more,
})

function serveSearch(more: Routes = {}) {
  const { calls } = serve(routes(more))
  return { calls, pagesAsked: () => calls.filter(({ path }) => path.includes('/rows')).map(({ path }) => /offset=(\d+)/.exec(path)![1]) }
}

async function searched(more: Routes = {}) {
  const served = serveSearch(more)
  const search = useSearchStore()
  await search.search(everything)
  return { search, ...served }
}

describe('rows', () => {
  test('of the first page come with the answer, in the columns that are shown, and are not asked for again', async () => {
    const firstPage = await rows(new URL('http://desk/?offset=0&limit=100'), true, false).json()
    const { search, calls, pagesAsked } = await searched({ 'POST /api/search': () => json({ ...answer('one'), firstPage }) })
    expect(calls.find(({ path }) => path === '/api/search')?.body).toMatchObject({ firstPage: { limit: 100, columns: '' } })
    expect([search.rowAt(0)?.id, search.rowAt(99)?.id, search.usesVotes, search.isCurrent]).toEqual(['g1', 'g100', true, false])
    await search.want(0, 100)
    expect(pagesAsked()).toEqual([])
    await search.want(90, 110)
    expect(pagesAsked()).toEqual(['100'])
  })

  test('of a first page in other columns than are shown by now are asked for again', async () => {
    const reply = deferred<Response>()
    const firstPage = await rows(new URL('http://desk/?offset=0&limit=100')).json()
    const { pagesAsked } = serveSearch({ 'POST /api/search': () => reply.promise })
    const search = useSearchStore()
    const searching = search.search(everything)
    search.showColumns(['ra'])
    reply.resolve(json({ ...answer('one'), firstPage }))
    await searching
    expect(search.rowAt(0)).toBeNull()
    await search.want(0, 10)
    expect(pagesAsked()).toEqual(['0'])
  })

  test('come page by page around the window, each page once', async () => {
    const { search, pagesAsked } = await searched()
    expect(search.rowAt(0)).toBeNull()
    await search.want(180, 220)
    await search.want(190, 230)
    expect(pagesAsked()).toEqual(['100', '200'])
    expect([search.rowAt(180)?.id, search.rowAt(229)?.id, search.rowAt(300)]).toEqual(['g181', 'g230', null])
  })

  test('that were scrolled past before their turn came are not asked for', async () => {
    const first = deferred<Response>()
    const { search, pagesAsked } = await searched({
      'GET /api/search/one/rows': (_, url) => (url.searchParams.get('offset') === '0' ? first.promise : rows(url)),
    })
    const done = search.want(0, 50)
    for (const from of [200, 400, 600]) void search.want(from, from + 50)
    first.resolve(rows(new URL('http://desk/?offset=0&limit=100')))
    await done
    expect(pagesAsked()).toEqual(['0', '600'])
    await search.want(0, 50)
    expect(search.rowAt(10)?.id).toBe('g11')
  })

  test('of the search before never stand in the list of the newer one', async () => {
    const late = deferred<Response>()
    let searches = 0
    const { search } = await searched({
      'POST /api/search': () => json(answer(searches++ === 0 ? 'one' : 'two')),
      'GET /api/search/one/rows': () => late.promise,
      'GET /api/search/two/rows': (_, url) =>
        rows(new URL(`http://desk/?offset=${Number(url.searchParams.get('offset')) + 500}&limit=100`)),
    })
    const old = search.want(0, 50)
    await search.search({ ...everything, filter: 'labelled' })
    const fresh = search.want(0, 50)
    late.resolve(rows(new URL('http://desk/?offset=0&limit=100')))
    await Promise.all([old, fresh])
    expect(search.rowAt(0)?.id).toBe('g501')
  })

  test('that show votes, or are no longer what a search would find, say so', async () => {
    const { search } = await searched({ 'GET /api/search/one/rows': (_, url) => rows(url, true, false) })
    expect([search.usesVotes, search.isCurrent]).toEqual([false, true])
    await search.want(0, 10)
    expect([search.usesVotes, search.isCurrent]).toEqual([true, false])
  })
})

describe('a list that the server no longer keeps', () => {
  const gone = () => json({ code: 'search/gone', message: 'This list is no longer kept. Search again.' }, 404)
  async function renewed(count: number, digest = count) {
    let isGone = false
    const { search } = await searched({
      'POST /api/search': () => json(isGone ? answer('two', count, digest) : answer('one')),
      'GET /api/search/one/rows': (_, url) => (isGone ? gone() : rows(url)),
      'GET /api/search/two/rows': (_, url) => rows(url),
    })
    search.moveTo(700, 'choose')
    isGone = true
    return search
  }

  test('is searched for again, and stays where it was', async () => {
    const search = await renewed(COUNT)
    await search.want(690, 710)
    expect([search.rowAt(700)?.id, search.active, search.chosenCount, search.answer?.resultId]).toEqual(['g701', 700, 1, 'two'])
  })

  test('and that finds others by now has nothing chosen any more', async () => {
    const search = await renewed(500)
    await expect(search.chosenRows(10)).rejects.toMatchObject({ code: 'search/changed' })
    expect([search.count, search.active, search.chosenCount]).toEqual([500, 499, 0])
  })

  test('nor one that finds as many, of which others stand at its places', async () => {
    const search = await renewed(COUNT, 7)
    await search.want(690, 710)
    expect([search.count, search.active, search.chosenCount]).toEqual([COUNT, 700, 0])
  })

  test('does not take the place of another search that was answered meanwhile', async () => {
    const replies = new Map([
      ['', deferred<Response>()],
      ['pool', deferred<Response>()],
    ])
    const { search } = await searched()
    serve(routes({ 'POST /api/search': (body) => replies.get((body as { filter: string }).filter)!.promise }))
    const other = search.search({ ...everything, filter: 'pool' })
    const renewing = search.renew()
    replies.get('pool')!.resolve(json(answer('two', 5)))
    await other
    replies.get('')!.resolve(json(answer('three')))
    await renewing
    expect([search.request.filter, search.answer?.resultId, search.count]).toEqual(['pool', 'two', 5])
  })
})

test('a search that is refused leaves the list before as it is', async () => {
  let isRefused = false
  const { search } = await searched({
    'POST /api/search': () => (isRefused ? json({ code: 'filter/syntax', message: 'Expected a number.' }, 400) : json(answer('one'))),
  })
  isRefused = true
  await expect(search.search({ ...everything, filter: 'ra >' })).rejects.toMatchObject({ code: 'filter/syntax' })
  expect([search.count, search.request.filter]).toEqual([COUNT, ''])
})

describe('choosing', () => {
  test('a range grows from where it began, and one place at a time is put in and out', async () => {
    const { search } = await searched()
    search.moveTo(10, 'choose')
    search.moveTo(14, 'extend')
    search.moveTo(8, 'extend')
    expect([search.chosenCount, search.isChosen(8), search.isChosen(10), search.isChosen(11)]).toEqual([3, true, true, false])
    search.moveTo(20, 'toggle')
    search.moveTo(9, 'toggle')
    expect(search.chosen).toEqual([
      [8, 9],
      [10, 11],
      [20, 21],
    ])
    search.moveTo(Infinity, 'keep')
    expect([search.active, search.chosenCount]).toEqual([COUNT - 1, 3])
  })

  test('all galaxies are read a thousand at a time, up to what is asked for', async () => {
    const { search } = await searched()
    search.chooseAll()
    expect((await search.chosenRows(COUNT)).length).toBe(COUNT)
    expect((await search.chosenRows(7)).map(({ id }) => id)).toEqual(['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7'])
  })
})

test('a saved search is renamed by keeping it anew before the old name goes', async () => {
  const saved = { name: 'old', filter: 'labelled', sort: null, descending: false, createdAt: '2026-01-01T00:00:00.000Z' }
  const named: (string | null | undefined)[] = []
  const { search, calls } = await searched({
    'POST /api/searches': (body, _, headers) => {
      named.push(headers?.get(PROJECT_HEADER))
      // Another project comes on screen between the two.
      search.clear('/data/other.galaxydesk')
      return json({ ...saved, ...(body as object) })
    },
    'DELETE /api/searches/old': (_, __, headers) => {
      named.push(headers?.get(PROJECT_HEADER))
      return json({ searches: [{ ...saved, name: 'new' }] })
    },
  })
  search.clear('/data/sky.galaxydesk')
  await search.rename(saved, 'new')
  expect(named).toEqual([encodeURIComponent('/data/sky.galaxydesk'), encodeURIComponent('/data/sky.galaxydesk')])
  expect(calls.slice(-2).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/searches', 'DELETE /api/searches/old'])
  expect(search.saved.map(({ name }) => name)).toEqual(['new'])
})
