import { beforeEach, describe, expect, it } from 'vitest'
import {
  aroundSchema,
  savedSearchSchema,
  searchAnswerSchema,
  searchColumnsSchema,
  searchRowsSchema,
  type SearchAnswer,
} from '@shared/contract/search'
import { answerOf, nextUuid } from '../catalogue/support'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let client: Client
beforeEach(async () => {
  const folder = ownFolder()
  client = newClient()
  await client.desk.open(await surveyOnDisk(folder, { count: 12, hasVotes: true }))
})

async function search(filter: string, more: object = {}): Promise<SearchAnswer> {
  const { status, body } = await client.post('/api/search', { filter, ...more })
  expect(status).toBe(200)
  return searchAnswerSchema.parse(body)
}
const rows = async (path: string) => searchRowsSchema.parse((await client.get(path)).body)
const remove = async (name: string) => {
  const response = await client.fetch(`/api/searches/${encodeURIComponent(name)}`, { method: 'DELETE' })
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown }
}

describe('a search', () => {
  it('gives pages of its galaxies with their image, their states and the columns asked for', async () => {
    const { resultId, count } = await search('id ~ "g1*"', { sort: 'id', descending: true })
    expect(count).toBe(4)
    const page = await rows(`/api/search/${resultId}/rows?offset=1&limit=2&columns=${encodeURIComponent('smooth_yes, votes(bar), id')}`)
    expect(page).toMatchObject({ offset: 1, count: 4, usesVotes: true, isCurrent: true })
    expect(page.rows.map(({ id }) => id)).toEqual(['g11', 'g10'])
    expect(page.rows[0]).toMatchObject({
      galaxyKey: 11,
      raDeg: null,
      states: ['pool'],
      values: { smooth_yes: 0.75, 'votes(bar)': 8, id: 'g11' },
    })
    expect((await client.fetch(page.rows[0]!.imageUrl!)).status).toBe(200)
  })

  it('gives its first rows with the answer where they are asked for, as a page of them would be', async () => {
    const { resultId, firstPage } = await search('id ~ "g1*"', {
      sort: 'id',
      descending: true,
      firstPage: { limit: 3, columns: 'smooth_yes' },
    })
    expect(firstPage!.rows).toHaveLength(3)
    expect(firstPage).toEqual(await rows(`/api/search/${resultId}/rows?limit=3&columns=smooth_yes`))
    expect((await search('id ~ "g1*"')).firstPage).toBeUndefined()
  })

  it('without a filter finds every galaxy', async () => {
    expect(await search('')).toMatchObject({ count: 12, usesVotes: false, labelSequence: 0 })
  })

  it('says that it uses votes when its filter, its order or the columns of a page do', async () => {
    expect((await search('smooth_yes > 0.1')).usesVotes).toBe(true)
    expect((await search('', { sort: 'votes(bar)' })).usesVotes).toBe(true)
    const { resultId } = await search('not flagged', { sort: 'ra' })
    expect((await rows(`/api/search/${resultId}/rows`)).usesVotes).toBe(false)
    expect((await rows(`/api/search/${resultId}/rows?columns=ra,bar_no`)).usesVotes).toBe(true)
  })

  it('shows a galaxy as it is now, and that the list is older', async () => {
    const { resultId } = await search('not flagged')
    await client.post('/api/labels', answerOf(2, 'smooth', 'yes'))
    await client.post('/api/labels', { uuid: nextUuid(), galaxyKey: 2, kind: 'flag', annotator: 'ada' })
    const page = await rows(`/api/search/${resultId}/rows`)
    expect(page).toMatchObject({ labelSequence: 2, isCurrent: false, count: 12 })
    expect(page.rows[1]!.states).toEqual(['labelled', 'flagged'])
    expect((await search('not flagged')).count).toBe(11)
  })

  it('tells the place of a galaxy in it', async () => {
    const { resultId } = await search('id != "g2"')
    const around = async (key: number) => aroundSchema.parse((await client.get(`/api/search/${resultId}/around?galaxyKey=${key}`)).body)
    expect(await around(3)).toEqual({ place: 1, previous: 1, next: 4, count: 11 })
    expect(await around(1)).toMatchObject({ place: 0, previous: null })
    expect(await around(12)).toMatchObject({ place: 10, next: null })
    for (const key of [2, 99]) expect(await around(key)).toEqual({ place: null, previous: null, next: null, count: 11 })
  })

  it.each([
    ['smooth_yes >', 'filter/syntax'],
    ['smoth_yes > 1', 'filter/unknown-column'],
    ['score > 1', 'filter/no-rounds'],
    ['answered(smooth) = perhaps', 'filter/unknown-answer'],
    ['id = 3', 'filter/bad-value'],
  ])('for %s is refused', async (filter, code) => {
    expect(errorOf(await client.post('/api/search', { filter }))).toEqual({ status: 400, code })
  })

  it('of a list that is gone, or of columns that are not there, is refused', async () => {
    const { resultId } = await search('')
    expect(errorOf(await client.get(`/api/search/${resultId}/rows?columns=nothing`))).toEqual({
      status: 400,
      code: 'filter/unknown-column',
    })
    expect(errorOf(await client.get(`/api/search/${resultId}/rows?limit=5000`))).toEqual({ status: 400, code: 'request/invalid' })
    expect(errorOf(await client.get('/api/search/other/rows'))).toEqual({ status: 404, code: 'search/gone' })
    expect(errorOf(await client.get('/api/search/other/around?galaxyKey=1'))).toEqual({ status: 404, code: 'search/gone' })
    for (let i = 0; i < 16; i++) await search('')
    expect(errorOf(await client.get(`/api/search/${resultId}/rows`))).toEqual({ status: 404, code: 'search/gone' })
  })
})

describe('the columns', () => {
  it('are listed with their kind and range', async () => {
    await client.post('/api/split', { test: 2, initial: 3, seed: 1 })
    await client.post('/api/labels', answerOf(2, 'smooth', 'yes', 'bob'))
    const { columns, ...rest } = searchColumnsSchema.parse((await client.get('/api/columns')).body)
    const find = (name: string) => columns.find((column) => column.name === name)
    expect(find('smooth_yes')).toEqual({ name: 'smooth_yes', kind: 'number', group: 'fraction', usesVotes: true, low: 0, high: 1 })
    expect(find('votes(bar)')).toMatchObject({ group: 'votes', low: 8, high: 8 })
    expect(find('id')).toMatchObject({ kind: 'text', usesVotes: false })
    expect(find('ra')).toMatchObject({ low: null, high: null })
    expect(find('score')).toMatchObject({ group: 'score' })
    expect(rest).toMatchObject({ models: [], rounds: [0], annotators: ['bob'], questions: [{ name: 'smooth' }, {}, {}, {}] })
    // Each can be searched by as it is named.
    for (const { name } of columns) await search(`known(${name})`, { sort: name })
  })
})

describe('saved searches', () => {
  const kept = { name: 'round ones', filter: 'smooth_yes > 0.7 and not flagged', sort: 'votes(bar)', descending: true }

  it('are kept, replaced and removed by their name', async () => {
    const { body } = await client.post('/api/searches', { ...kept, name: ' round ones ' })
    expect(savedSearchSchema.parse(body)).toMatchObject(kept)
    expect((await client.get('/api/searches')).body).toEqual({ searches: [body] })
    expect(errorOf(await client.post('/api/searches', kept))).toEqual({ status: 409, code: 'search/exists' })
    await client.post('/api/searches', { ...kept, filter: 'flagged', replace: true })
    expect((await client.get('/api/searches')).body).toMatchObject({ searches: [{ filter: 'flagged' }] })
    expect((await remove('round ones')).body).toEqual({ searches: [] })
    expect(errorOf(await remove('round ones'))).toEqual({ status: 404, code: 'search/unknown' })
  })

  it('are refused where a name in them is none of the project', async () => {
    expect(errorOf(await client.post('/api/searches', { ...kept, filter: 'smoth_yes > 1' }))).toEqual({
      status: 400,
      code: 'filter/unknown-column',
    })
    expect(errorOf(await client.post('/api/searches', { ...kept, sort: 'votes(colour)' }))).toEqual({
      status: 400,
      code: 'filter/unknown-question',
    })
    expect(errorOf(await client.post('/api/searches', { ...kept, name: ' ' }))).toEqual({ status: 400, code: 'request/invalid' })
    expect((await client.get('/api/searches')).body).toEqual({ searches: [] })
  })
})

it('another project has other searches, and no list of the one before', async () => {
  const { resultId } = await search('')
  await client.post('/api/searches', { name: 'flagged', filter: 'flagged' })
  const other = ownFolder()
  await client.desk.open(await surveyOnDisk(other, { count: 3 }))
  expect((await search('')).count).toBe(3)
  expect(errorOf(await client.get(`/api/search/${resultId}/rows`))).toEqual({ status: 404, code: 'search/gone' })
  expect((await client.get('/api/searches')).body).toEqual({ searches: [] })
})
