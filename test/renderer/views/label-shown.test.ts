// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { useSettingsStore } from '@renderer/stores/settings'
import { acquisition, galaxy, json, labelRoutes, project, type Routes } from '../support'
import { answersSent, key, labelTests } from './label-page'

const { show, text, view } = labelTests()

describe('what is shown of a galaxy', () => {
  test('its id names the image, and what is unknown is called unknown', async () => {
    await show(labelRoutes([galaxy(1, { raDeg: null, decDeg: null, pixelScaleArcsec: null })]))
    expect(view().get('img').attributes()).toMatchObject({ alt: 'galaxy-1', src: '/api/galaxies/1/image?view=1' })
    expect(
      view()
        .findAll('dd')
        .map((value) => value.text()),
    ).toEqual(['unknown', 'unknown', 'unknown'])
  })
  test('the score and its parts say why, the largest part first', async () => {
    await show(labelRoutes([galaxy(1)]))
    expect(text('score')).toBe('0.420 nats')
    expect(
      view()
        .findAll('[data-testid="score-part"]')
        .map((part) => part.text()),
    ).toEqual(['smooth or featured0.300', 'bar0.120'])
  })
  test('a random pick says so and shows no score', async () => {
    await show(labelRoutes([galaxy(1, { acquisition: acquisition({ isRandom: true, score: null, parts: {} }) })]))
    expect([text('score'), text('random-pick')?.includes('at random')]).toEqual([null, true])
  })
  test('a galaxy without an image says so', async () => {
    await show(labelRoutes([galaxy(1, { imageUrl: null })]))
    expect(view().text()).toContain('Galaxy galaxy-1 has no image.')
  })
})

describe('when there is nothing to label', () => {
  test('without a project it leads to Projects and asks the server for no queue', async () => {
    const { calls } = await show({}, null)
    expect(view().text()).toContain('No project is open')
    expect(calls.map(({ path }) => path)).toEqual(['/api/status'])
  })
  test('the name is asked once, beside the galaxy, and no key answers before', async () => {
    const { calls } = await show(labelRoutes([galaxy(1)]), project(), '')
    expect([view().text().includes('Who is labelling?'), view().find('img').attributes('alt')]).toEqual([true, 'galaxy-1'])
    await key('1')
    expect(answersSent(calls)).toEqual([])
    await view().get('input').setValue('  Vera ')
    await view().get('form').trigger('submit')
    await flushPromises()
    expect([text('galaxy-id'), useSettingsStore().annotator]).toEqual(['galaxy-1', 'Vera'])
  })
  test('without an open round, and after the last galaxy, a round is started', async () => {
    const started: unknown[] = []
    const routes: Routes = {
      ...labelRoutes([galaxy(1)]),
      'POST /api/jobs': (body) => {
        started.push(body)
        return json({ code: 'jobs/none', message: 'No galaxies are labelled. Label some first.' }, 409)
      },
    }
    await show(routes)
    await key('3')
    expect(view().text()).toContain('Round 1 is labelled')
    await view()
      .findAll('button')
      .find((button) => button.text() === 'Train and choose next')!
      .trigger('click')
    await flushPromises()
    expect(started).toMatchObject([{ kind: 'round', params: { train: { from: 'model-0' }, acquire: { count: 32 } } }])
    expect(view().text()).toContain('No galaxies are labelled. Label some first.')
  })
})
