// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import CatalogueView from '@renderer/views/CatalogueView.vue'
import { deferred, json } from '../support'
import { pageTests, sent } from './page'

/** Each search waits until it is answered by hand. */
async function showCatalogue() {
  const waiting: ReturnType<typeof deferred<Response>>[] = []
  const { calls } = await page.show(CatalogueView, {
    'GET /api/search/columns': () => json({ columns: [], words: [], calls: [] }),
    'GET /api/searches': () => json({ searches: [] }),
    'POST /api/search': () => {
      const reply = deferred<Response>()
      waiting.push(reply)
      return reply.promise
    },
  })
  const field = () => page.view().get<HTMLInputElement>('[data-testid="filter"]')
  return {
    field,
    chips: () => page.view().findAll('[data-chip]'),
    asked: () => sent(calls, '/api/search').map((body) => (body as { filter: string }).filter),
    async enter(text: string) {
      await field().setValue(text)
      await field().trigger('keydown', { key: 'Enter' })
      await flushPromises()
    },
    async answer(at: number, body: unknown = { resultId: `r${at}`, count: 0, digest: 0, usesVotes: false, labelSequence: 0, milliseconds: 1 }, status = 200) {
      waiting[at]!.resolve(json(body, status))
      await flushPromises()
    },
  }
}
const page = pageTests()

describe('changes that come quicker than the answers', () => {
  test('what is being typed is not replaced by the text of an earlier search', async () => {
    const { field, enter, answer, asked } = await showCatalogue()
    await enter('labelled')
    await field().setValue('labelled and fl')
    await answer(1)
    expect(field().element.value).toBe('labelled and fl')
    await enter('labelled and flagged')
    expect(asked()).toEqual(['', 'labelled', 'labelled and flagged'])
  })

  test('two conditions taken out one after the other are both gone', async () => {
    const { chips, enter, answer, asked, field } = await showCatalogue()
    await enter('labelled and flagged and pool')
    await answer(1)
    expect(chips()).toHaveLength(3)
    await chips()[0]!.trigger('keydown', { key: 'Delete' })
    await chips()[0]!.trigger('keydown', { key: 'Delete' })
    await flushPromises()
    expect(asked().slice(2)).toEqual(['flagged and pool', 'pool'])
    expect(field().element.value).toBe('pool')
  })

  test('a search that is refused leaves the conditions of the list, and the text to be mended', async () => {
    const { chips, enter, answer, field } = await showCatalogue()
    await enter('labelled')
    await answer(1)
    await enter('labelled and anotated = 3')
    await answer(2, { code: 'search/filter', message: 'There is no column anotated.' }, 400)
    expect(chips().map((chip) => chip.text())).toEqual(['labelled'])
    expect(field().element.value).toBe('labelled and anotated = 3')
  })
})
