// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useStatusStore } from '@renderer/stores/status'
import { deferred, galaxy, json, labelRoutes, project, serve, written } from '../support'
import { answersSent, key, labelTests, lastWrite } from './label-page'

const { question, show, text, view } = labelTests()

describe('going back', () => {
  test('back asks the question before again, next leaves it as it was, and a changed answer changes the way', async () => {
    await show(labelRoutes([galaxy(1)]))
    await key('1')
    await key('Backspace')
    expect([question(), view().get('[data-answer="smooth"]').attributes('aria-pressed')]).toEqual(['smooth-or-featured', 'true'])
    await key('ArrowRight')
    expect(question()).toBe('how-rounded')
    await key('ArrowLeft')
    await key('2')
    expect(question()).toBe('disk-edge-on')
  })

  test('back from the first question shows the galaxy before', async () => {
    await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('ArrowRight')
    expect(text('galaxy-id')).toBe('galaxy-2')
    await key('ArrowLeft')
    expect(text('galaxy-id')).toBe('galaxy-1')
  })

  test('a question of the strip is asked again by a click', async () => {
    await show(labelRoutes([galaxy(1)]))
    await key('1')
    await key('1')
    await view().get('[data-step="smooth-or-featured"]').trigger('click')
    expect(question()).toBe('smooth-or-featured')
  })

  test('undo returns to the galaxy that it changed, from the next one as well', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('3')
    expect(text('galaxy-id')).toBe('galaxy-2')
    await key('z', { ctrlKey: true })
    expect([text('galaxy-id'), question(), text('queue-progress')]).toEqual(['galaxy-1', 'smooth-or-featured', '0 of 2'])
    expect(lastWrite(calls)).toMatchObject({ path: '/api/labels/undo', body: { annotator: 'Ada' } })
    await key('z')
    expect(view().text()).toContain('Nothing is left to undo.')
  })

  test.each([['Z', { shiftKey: true }] as const, ['Z', { shiftKey: true, ctrlKey: true }] as const, ['y', { ctrlKey: true }] as const])(
    'redo (%s, %o) shows the galaxy that it changed',
    async (name, init) => {
      const redone = { ...galaxy(2), answers: [{ question: 'smooth-or-featured', answer: 'smooth' }] }
      const { calls } = await show({
        ...labelRoutes([galaxy(1), galaxy(2)]),
        'POST /api/labels/redo': () => json(written([], [redone], 2)),
      })
      await key(name, init)
      expect(lastWrite(calls)).toMatchObject({ path: '/api/labels/redo', body: { annotator: 'Ada' } })
      expect([text('galaxy-id'), question()]).toEqual(['galaxy-2', 'how-rounded'])
      expect(view().text()).toContain('Nothing is left to redo.')
    },
  )

  test('new counts of the project leave the galaxy on screen', async () => {
    const { calls } = await show(labelRoutes([galaxy(1), galaxy(2)]))
    await key('ArrowRight')
    await useStatusStore().load()
    await flushPromises()
    expect(text('galaxy-id')).toBe('galaxy-2')
    expect(calls.filter(({ path }) => path.startsWith('/api/queue?'))).toHaveLength(1)
  })

  test('the next round leaves no galaxy of the one before on screen', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]))
    serve({ 'GET /api/queue/next': () => deferred<Response>().promise })
    useStatusStore().setProject(project({ openRound: 2 }))
    await flushPromises()
    await key('1')
    expect([text('galaxy-id'), answersSent(calls)]).toEqual([null, []])
  })
})
