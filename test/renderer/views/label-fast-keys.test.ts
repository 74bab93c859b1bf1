// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useStatusStore } from '@renderer/stores/status'
import { deferred, galaxy, json, labelRoutes, project } from '../support'
import { answersSent, key, labelTests } from './label-page'

const { question, show, text, view } = labelTests()

/** Every write waits until it is let through. */
function gated(routes: ReturnType<typeof labelRoutes>) {
  const gates: ReturnType<typeof deferred<null>>[] = []
  const write = (path: 'POST /api/labels' | 'POST /api/labels/undo') => async (body: unknown, url: URL) => {
    const gate = deferred<null>()
    gates.push(gate)
    await gate.promise
    return routes[path]!(body, url)
  }
  return {
    routes: { ...routes, 'POST /api/labels': write('POST /api/labels'), 'POST /api/labels/undo': write('POST /api/labels/undo') },
    async letThrough() {
      for (let gate = gates.shift(); gate; gate = gates.shift()) {
        gate.resolve(null)
        await flushPromises()
      }
    },
  }
}

describe('keys that come faster than they can be done', () => {
  test('wait for each other: undo and moves come in their turn', async () => {
    const { routes, letThrough } = gated(labelRoutes([galaxy(1), galaxy(2)]))
    const { calls } = await show(routes)
    for (const name of ['1', '2', 'z']) await key(name)
    expect(answersSent(calls)).toHaveLength(1)
    await letThrough()
    expect(calls.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/api/labels',
      '/api/labels',
      '/api/labels/undo',
    ])
    expect([text('galaxy-id'), question()]).toEqual(['galaxy-1', 'how-rounded'])
  })

  test('each is for the galaxy that was on screen: its star goes there, an answer to the one after it is left out and said to be', async () => {
    const { routes, letThrough } = gated(labelRoutes([galaxy(1), galaxy(2)]))
    const { calls } = await show(routes)
    for (const name of ['3', '*', '1', 's']) await key(name)
    await letThrough()
    expect(answersSent(calls).map(({ galaxyKey, kind }) => [galaxyKey, kind])).toEqual([
      [1, 'answer'],
      [1, 'star'],
    ])
    expect([text('galaxy-id'), question()]).toEqual(['galaxy-2', 'smooth-or-featured'])
    expect(view().text()).toContain('A key was pressed before this galaxy was on screen, and was left out.')
  })

  test('a note stays one of the galaxy that it was begun for, with all that is typed', async () => {
    const { routes, letThrough } = gated(labelRoutes([galaxy(1), galaxy(2)]))
    const { calls } = await show(routes)
    await key('3')
    await key('n')
    const field = () => view().get<HTMLTextAreaElement>('textarea')
    await field().setValue('a faint t')
    await letThrough()
    expect([text('galaxy-id'), field().element.value]).toEqual(['galaxy-2', 'a faint t'])
    expect(view().get('label[for="note-text"]').text()).toContain('Note on galaxy-1, which was on screen before')
    await field().setValue('a faint tail')
    await key('Enter', {}, field().element)
    await key('Enter', {}, field().element)
    expect(field().element.readOnly).toBe(true)
    await letThrough()
    expect(answersSent(calls).slice(1)).toMatchObject([{ galaxyKey: 1, turn: 'turn-1', kind: 'note', note: 'a faint tail' }])
    expect([text('galaxy-id'), view().find('textarea').exists()]).toEqual(['galaxy-2', false])
  })

  test('a double click on an answer answers once', async () => {
    const { routes, letThrough } = gated(labelRoutes([galaxy(1)]))
    const { calls } = await show(routes)
    const answer = view().get('[data-answer="smooth"]')
    await answer.trigger('click')
    await answer.trigger('click')
    await letThrough()
    expect(answersSent(calls)).toHaveLength(1)
    expect(question()).toBe('how-rounded')
  })

  test('what was typed after an entry that could not be saved does nothing, and why is said', async () => {
    const routes = labelRoutes([galaxy(1)])
    const gate = deferred<null>()
    let failures = 1
    const { calls } = await show({
      ...routes,
      'POST /api/labels': async (body, url) => {
        await gate.promise
        return failures-- > 0
          ? json({ code: 'catalogue/disk-full', message: 'The disk is full. Free some space.' }, 500)
          : routes['POST /api/labels']!(body, url)
      },
    })
    await key('1')
    await key('2')
    gate.resolve(null)
    await flushPromises()
    await key('3')
    expect(view().text()).toContain('First the entry that is not saved has to be saved, or be discarded.')
    await key('s', { ctrlKey: true })
    expect([question(), answersSent(calls).length]).toEqual(['how-rounded', 2])
    expect(view().text()).toContain('What was typed after the entry that could not be saved at once was left out.')
    await key('1')
    expect(question()).toBe('something-odd')
  })

  test('a step that cannot be made says why, and the next key works', async () => {
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    let isDown = false
    const { calls } = await show({
      ...routes,
      'GET /api/queue': (body, url) =>
        isDown ? json({ code: 'catalogue/busy', message: 'Another program holds it.' }, 500) : routes['GET /api/queue']!(body, url),
    })
    isDown = true
    await key('ArrowLeft')
    expect(view().text()).toContain('Another program holds it.')
    await key('1')
    expect([question(), answersSent(calls).length]).toEqual(['how-rounded', 1])
    expect(view().text()).not.toContain('Another program holds it.')
  })
})

describe('keys while the queue is read', () => {
  test('wait for it: neither a step nor an answer is lost', async () => {
    const routes = labelRoutes([galaxy(1), galaxy(2)])
    const slow = deferred<null>()
    let isSlow = false
    const { calls } = await show({
      ...routes,
      'GET /api/queue': async (body, url) => {
        if (isSlow) await slow.promise
        return routes['GET /api/queue']!(body, url)
      },
    })
    isSlow = true
    // As on entering the view again: the galaxies of before are on screen until the queue is there.
    useStatusStore().setProject(project({ path: '/elsewhere.galaxydesk' }))
    await flushPromises()
    expect(text('galaxy-id')).toBe('galaxy-1')
    await key('1')
    await key('ArrowRight')
    expect(answersSent(calls)).toEqual([])
    slow.resolve(null)
    await flushPromises()
    expect(answersSent(calls).map(({ galaxyKey, answer }) => [galaxyKey, answer])).toEqual([[1, 'smooth']])
    expect(text('galaxy-id')).toBe('galaxy-2')
  })
})
