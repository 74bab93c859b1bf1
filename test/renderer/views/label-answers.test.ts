// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test, vi } from 'vitest'
import { deferred, galaxy, json, labelRoutes } from '../support'
import { answersSent, key, labelTests } from './label-page'

const { question, show, text, view } = labelTests()

describe('answers', () => {
  test('keys answer the questions along the tree and the next galaxy follows by itself', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    expect([text('galaxy-id'), question(), text('queue-progress'), text('saved')]).toEqual([
      'galaxy-1',
      'smooth-or-featured',
      '0 of 2',
      null,
    ])
    await key('1')
    expect([question(), text('saved')]).toEqual(['how-rounded', '✓ Saved: smooth or featured: smooth'])
    await key('2')
    await key('2')
    expect([text('galaxy-id'), question(), text('queue-progress')]).toEqual(['galaxy-2', 'smooth-or-featured', '1 of 2'])
    expect(answersSent(calls).map(({ question, answer }) => `${question}_${answer}`)).toEqual([
      'smooth-or-featured_smooth',
      'how-rounded_in-between',
      'something-odd_no',
    ])
    expect(new Set(answersSent(calls).map(({ uuid }) => uuid)).size).toBe(3)
  })

  test('carry who gave them and the time since the question came on screen', async () => {
    let now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const { calls } = await show(labelRoutes([galaxy(1)]))
    now += 700
    await key('1')
    now += 300
    await key('1')
    expect(answersSent(calls).map(({ annotator, durationMs }) => [annotator, durationMs])).toEqual([
      ['Ada', 700],
      ['Ada', 300],
    ])
    vi.restoreAllMocks()
  })

  test('a click does what the key does, and buttons are named by key and answer', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    expect(
      view()
        .findAll('[data-answer]')
        .map((button) => button.text().replaceAll(/\s+/g, ' ')),
    ).toEqual(['1 smooth', '2 featured or disk', '3 artifact'])
    await view().get('[data-answer="featured-or-disk"]').trigger('click')
    await flushPromises()
    expect([answersSent(calls).length, question()]).toEqual([1, 'disk-edge-on'])
  })

  test('a number without an answer, a key held down and a key typed into a field do nothing', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    await key('4')
    await key('1', { repeat: true })
    const input = document.body.appendChild(document.createElement('input'))
    await key('1', {}, input)
    await key('1', { ctrlKey: true })
    expect(answersSent(calls)).toEqual([])
  })

  test('take no time while the clock stands', async () => {
    let now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    const { calls } = await show(labelRoutes([galaxy(1)]))
    now += 700
    await key('p')
    now += 50_000
    await view().get('dialog').findAll('button').at(-1)!.trigger('click')
    now += 300
    await key('1')
    expect(answersSent(calls).map(({ durationMs }) => durationMs)).toEqual([1000])
  })
})

describe('saving', () => {
  test('the question stays until the commit, and an answer typed meanwhile goes to the next question', async () => {
    const gates = [deferred<null>(), deferred<null>(), deferred<null>()]
    const waiting = [...gates]
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await waiting.shift()!.promise
        return routes['POST /api/labels']!(body, url)
      },
    })
    await key('1')
    await key('3')
    expect([question(), text('saving'), text('saved')]).toEqual(['smooth-or-featured', null, null])
    await vi.waitFor(() => expect([question(), text('saving'), text('saved')]).toEqual(['smooth-or-featured', 'Saving…', null]), {
      timeout: 50_000,
    })
    expect(view().get('[data-answer="smooth"]').text()).toContain('saving…')
    gates[0]!.resolve(null)
    await flushPromises()
    expect([question(), answersSent(calls).at(-1)!.answer]).toEqual(['how-rounded', 'cigar'])
  })

  test('an answer typed ahead is never given to a galaxy that was not yet seen', async () => {
    const gate = deferred<null>()
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await gate.promise
        return routes['POST /api/labels']!(body, url)
      },
    })
    await key('3')
    await key('1')
    gate.resolve(null)
    await flushPromises()
    expect([text('galaxy-id'), question(), answersSent(calls).length]).toEqual(['galaxy-2', 'smooth-or-featured', 1])
  })

  test('a failed answer stays on screen with its reason and is retried with its UUID', async () => {
    const routes = labelRoutes([galaxy(1)])
    let failures = 1
    const { calls } = await show({
      ...routes,
      'POST /api/labels': (body, url) =>
        failures-- > 0
          ? json({ code: 'catalogue/disk-full', message: 'The disk is full. Free some space.' }, 500)
          : routes['POST /api/labels']!(body, url),
    })
    await key('1')
    expect([question(), text('saved')]).toEqual(['smooth-or-featured', null])
    expect(text('save-failed')).toContain('The disk is full. Free some space.')
    expect(text('save-failed')).toContain('catalogue/disk-full')
    expect(view().get('[data-answer="smooth"]').text()).toContain('not saved')
    await key('2')
    await view()
      .findAll('button')
      .find((button) => button.text() === 'Try again now')!
      .trigger('click')
    await flushPromises()
    const sent = answersSent(calls)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
    expect([question(), text('save-failed')]).toEqual(['how-rounded', null])
  })
})
