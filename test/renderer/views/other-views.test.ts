// @vitest-environment happy-dom
import { flushPromises, mount, type DOMWrapper, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import { router } from '@renderer/router'
import { useJobsStore } from '@renderer/stores/jobs'
import { useStatusStore } from '@renderer/stores/status'
import ProjectsView from '@renderer/views/ProjectsView.vue'
import ResultsView from '@renderer/views/ResultsView.vue'
import RoundsView from '@renderer/views/RoundsView.vue'
import { card, freshStores, job, json, metrics, project, round, serve, statusOf, type Routes } from '../support'

let view: VueWrapper
beforeEach(freshStores)
afterEach(() => {
  view.unmount()
  document.body.replaceChildren()
})

const base: Routes = {
  'GET /api/projects': () =>
    json({
      recent: [{ path: '/data/old.galaxydesk', name: 'old', openedAt: '2026-01-01T00:00:00.000Z', exists: true }],
      suggestedFolder: '/data',
    }),
  'GET /api/trees': () => json({ trees: [{ id: 'gz2', questions: 11, answers: 37 }] }),
  'GET /api/rounds': () => json({ rounds: [] }),
}
async function show(
  component: Component,
  routes: Routes,
  summary: ReturnType<typeof project> | null = project(),
  jobs: ReturnType<typeof job>[] = [],
) {
  const served = serve({ ...base, 'GET /api/status': () => json(statusOf(summary, jobs)), ...routes })
  await useStatusStore().load()
  view = mount(component, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  return served
}
const press = async (name: string) => {
  // The key on a button is no part of its name.
  const nameOf = (found: DOMWrapper<Element>) =>
    found.attributes('aria-label') ??
    found
      .findAll('kbd')
      .reduce((text, key) => text.replace(key.text(), ''), found.text())
      .trim()
  const button = view.findAll('button').find((found) => nameOf(found) === name)
  if (!button) throw new Error(`no button ${name}`)
  if (button.attributes('type') === 'submit') await button.element.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  else await button.trigger('click')
  await flushPromises()
}
const sent = (calls: { path: string; body: unknown }[], path: string) =>
  calls.filter((call) => call.path === path && call.body !== undefined).map(({ body }) => body)

describe('Projects', () => {
  test('a sample is made by a job, with its path, size and seed', async () => {
    const { calls } = await show(ProjectsView, { 'POST /api/jobs': () => json(job()) }, null)
    await press('New sample project')
    await press('Create project')
    expect(sent(calls, '/api/jobs')).toEqual([{ kind: 'sample', params: { path: '/data/sample.galaxydesk', galaxies: 600, seed: 1 } }])
    expect(view.text()).toContain('Making the sample project')
  })

  test('a project from a folder takes its name, is created with its tree, and then imports', async () => {
    const importing = job({ id: 'i', job: { kind: 'import', params: { images: '/data/pool' } } })
    const empty = project({ splitSeed: null, counts: { ...project().counts, galaxies: 0 } })
    const { calls } = await show(ProjectsView, { 'POST /api/projects': () => json(empty), 'POST /api/jobs': () => json(importing) }, null)
    await press('New from a folder')
    await view.findAll('dialog input')[0]!.setValue('/data/pool')
    await press('Create project')
    expect(sent(calls, '/api/projects')).toEqual([{ path: '/data/pool.galaxydesk', tree: 'gz2' }])
    expect(sent(calls, '/api/jobs')).toEqual([{ kind: 'import', params: { images: '/data/pool' } }])
  })

  test('an import that failed can be mended: its form is as it was filled in', async () => {
    const params = { table: '/data/sky.csv', idColumn: 'objid', pixelScale: 0.396 }
    const failed = job({ job: { kind: 'import', params }, state: 'failed', error: { code: 'import/no-column', message: 'No column objid.' } })
    const empty = project({ counts: { ...project().counts, galaxies: 0 }, splitSeed: null })
    const { calls } = await show(ProjectsView, { 'POST /api/jobs': () => json(failed) }, empty, [failed])
    expect(view.get<HTMLSelectElement>('form select').element.value).toBe('table')
    await press('Import')
    expect(sent(calls, '/api/jobs')).toEqual([{ kind: 'import', params }])
  })

  test('an import that refused rows names them, and the split is offered', async () => {
    const report = {
      imported: 98,
      refused: [{ row: 7, id: 'x', code: 'import/duplicate-id', message: 'The id x stands in row 3 too.' }],
      refusedCount: 1,
      notes: ['id: galaxies by objid'],
    }
    const done = job({ job: { kind: 'import', params: {} }, state: 'done', result: report })
    const { calls } = await show(
      ProjectsView,
      { 'POST /api/split': () => json(project({ openRound: 0 })) },
      project({ splitSeed: null, openRound: null }),
      [done],
    )
    expect(view.get('[data-testid="import-result"]').text()).toBe('98 galaxies imported, 1 rows refused.')
    expect(view.text()).toContain('The id x stands in row 3 too.')
    await press('Split and open round 0')
    expect(sent(calls, '/api/split')).toEqual([{ test: 30, initial: 30, seed: 1 }])
    expect(view.text()).toContain('Go to Label')
  })

  test('shares are offered where votes are recorded', async () => {
    const { calls } = await show(
      ProjectsView,
      { 'POST /api/split': () => json(project({ openRound: 0 })) },
      project({ splitSeed: null, openRound: null, hasVotes: true }),
    )
    await press('Split and open round 0')
    expect(sent(calls, '/api/split')).toEqual([{ test: 0.2, initial: 0.25, seed: 1 }])
  })

  test('a recent project is opened; why it cannot be is said', async () => {
    const { calls } = await show(
      ProjectsView,
      { 'POST /api/projects/open': () => json({ code: 'project/newer', message: 'A newer Galaxy Desk made it. Update this one.' }, 400) },
      null,
    )
    await press('Open old')
    expect(sent(calls, '/api/projects/open')).toEqual([{ path: '/data/old.galaxydesk' }])
    expect(view.get('[role="alert"]').text()).toBe('A newer Galaxy Desk made it. Update this one. project/newer')
  })
})

describe('Rounds', () => {
  const training = (changes = {}) =>
    job({
      id: 'r',
      job: {
        kind: 'round',
        params: {
          train: {
            from: 'scratch',
            train: 'all',
            schedule: 'constant',
            precision: 'float32',
            combine: 'replace',
            expertWeight: 10,
            seed: 1,
          },
          predict: { views: 5, samples: 5, seed: 1 },
          acquire: { strategy: 'random', count: 3, samples: 15, votes: 1, randomShare: 0.2, seed: 1 },
        },
      },
      ...changes,
    })

  test('a round is started with the defaults, and only one job at a time', async () => {
    const { calls } = await show(RoundsView, { 'POST /api/jobs': () => json(training()) })
    await press('Train and choose next')
    expect(sent(calls, '/api/jobs')).toHaveLength(1)
    expect(
      view
        .findAll('button')
        .find((button) => button.text().startsWith('Train and choose next'))!
        .attributes('disabled'),
    ).toBeDefined()
  })

  test('progress names the phase and the time left, and a job can be cancelled', async () => {
    const progress = { phase: 'training', done: 3, total: 20, secondsLeft: 75 }
    const { calls } = await show(RoundsView, { 'POST /api/jobs/r/cancel': () => json(training({ state: 'cancelled' })) }, project(), [
      training({ progress }),
    ])
    expect(view.get('[data-testid="job-phase"]').text()).toBe('training, 3 of 20')
    expect(view.get('[data-testid="job-left"]').text()).toBe('1 min 15 s left')
    await press('Cancel')
    expect(calls.map(({ path }) => path)).toContain('/api/jobs/r/cancel')
    expect(view.text()).toContain('was cancelled.')
  })

  test('an interrupted job is resumed', async () => {
    await show(RoundsView, { 'POST /api/jobs/r/resume': () => json(training()) }, project(), [training({ state: 'interrupted' })])
    await press('Resume')
    expect(useJobsStore().byId('r')?.state).toBe('running')
  })

  test('a failed job says why', async () => {
    await show(RoundsView, {}, project(), [
      training({ state: 'failed', error: { code: 'train/not-finite', message: 'The loss of epoch 3, batch 2 is not finite.' } }),
    ])
    expect(view.get('[role="alert"]').text()).toContain('The loss of epoch 3, batch 2 is not finite. train/not-finite')
  })

  test('the error chart has a point per measured model and the table a row per round', async () => {
    const rounds = [
      round(1, { isOpen: true }),
      round(0, { models: [{ card: card('model-0', 0), metrics: metrics(0.2), expertMinutes: 0 }] }),
    ]
    await show(RoundsView, { 'GET /api/rounds': () => json({ rounds }) })
    expect(view.get('[data-testid="error-chart"]').attributes('data-points')).toBe('1')
    expect(view.findAll('[data-testid="round-row"]').map((row) => row.attributes('data-round'))).toEqual(['0', '1'])
  })

  test('an open round leads to its galaxies, and one that is labelled does not', async () => {
    await show(RoundsView, { 'GET /api/rounds': () => json({ rounds: [round(1, { isOpen: true, labelled: 3 })] }) })
    expect(view.get('[data-testid="round-open"]').text()).toContain('Round 1 is open: 32 galaxies to label.')
    expect(view.get('[data-testid="round-open"] a').attributes('href')).toBe('#/label')
    view.unmount()
    await show(RoundsView, { 'GET /api/rounds': () => json({ rounds: [round(1, { isOpen: true, labelled: 32 })] }) })
    expect(view.find('[data-testid="round-open"]').exists()).toBe(false)
  })

  test('recorded votes are revealed for the open round only where there are any', async () => {
    const routes: Routes = {
      'GET /api/rounds': () => json({ rounds: [round(1, { isOpen: true })] }),
      'POST /api/votes/reveal': () => json({ revealed: 32 }),
    }
    const { calls } = await show(RoundsView, routes, project({ hasVotes: true }))
    await press('Reveal recorded votes of round 1')
    expect(sent(calls, '/api/votes/reveal')).toEqual([{ round: 1 }])
    expect(view.get('[data-testid="revealed"]').text()).toBe('The votes of 32 galaxies are revealed.')
  })
})

describe('Results', () => {
  test('the newest model is shown with its figures, their n, and its card', async () => {
    const rounds = [
      round(0, { models: [{ card: card('model-0', 0), metrics: metrics(0.3), expertMinutes: 0 }] }),
      round(1, { models: [{ card: card('model-1', 1), metrics: metrics(0.2), expertMinutes: 0 }] }),
    ]
    await show(ResultsView, { 'GET /api/rounds': () => json({ rounds }) })
    expect(view.get('[data-testid="mean-rmse"]').text()).toBe(
      '0.200 mean RMSE of vote fractions, against 0.186 for always predicting the training mean',
    )
    expect(view.findAll('[data-testid="accuracy"]').map((cell) => cell.text())).toEqual(['85.0 %', '–'])
    expect(view.findAll('.better').map((cell) => cell.text())).toEqual(['0.150'])
    expect(view.get('[data-answer="artifact"]').text()).toContain('0.75 (0.40–1.10)')
    expect(view.get('[data-testid="thresholds"]').text()).toContain('at least 34 answers')
    expect(view.get('[data-testid="model-card"]').text()).toContain('1,335,394 parameters')
    await view.get('select').setValue('model-0')
    expect(view.get('[data-testid="mean-rmse"]').text()).toContain('0.300')
  })

  test('too few labels give the reason instead of figures', async () => {
    const caveat = 'Cannot tell yet: 12 labelled test galaxies, 30 needed.'
    await show(ResultsView, {
      'GET /api/rounds': () =>
        json({
          rounds: [round(0, { models: [{ card: card('m', 0), metrics: metrics(null, { caveat, questions: {} }), expertMinutes: 0 }] })],
        }),
    })
    expect(view.get('[data-testid="caveat"]').text()).toBe(caveat)
    expect(view.find('[data-testid="mean-rmse"]').exists()).toBe(false)
  })

  test('without a model it says what to do', async () => {
    await show(ResultsView, {})
    expect(view.text()).toContain('No model yet')
  })
})
