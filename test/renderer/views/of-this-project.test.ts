// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import type { Component } from 'vue'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { useStatusStore } from '@renderer/stores/status'
import ProjectsView from '@renderer/views/ProjectsView.vue'
import RoundsView from '@renderer/views/RoundsView.vue'
import SettingsView from '@renderer/views/SettingsView.vue'
import { deferred, job, json, project, round, statusOf, type Routes } from '../support'
import { defaults, pageTests } from './page'

const { show, view } = pageTests()
const { path } = project()
const reason = `This is for the project ${path}, and /data/other.galaxydesk was opened meanwhile.`

const press = async (name: string) => {
  const button = view()
    .findAll('button')
    .find((each) => each.text().startsWith(name))!
  if (button.attributes('type') === 'submit') await button.element.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  else await button.trigger('click')
}
const base: Routes = {
  'GET /api/projects': () => json({ recent: [], suggestedFolder: '/data' }),
  'GET /api/trees': () => json({ trees: [] }),
  'GET /api/rounds': () => json({ rounds: [round(1, { isOpen: true })] }),
}
const unsplit = project({ splitSeed: null, openRound: null })
const empty = project({ counts: { ...project().counts, galaxies: 0 }, splitSeed: null, openRound: null })
const training = (changes = {}) => job({ job: { kind: 'predict', params: { views: 5, samples: 5, seed: 1 } }, ...changes })

type Action = {
  route: string
  view: Component
  summary?: ReturnType<typeof project>
  jobs?: ReturnType<typeof job>[]
  act: () => Promise<unknown>
}
const actions: Action[] = [
  { route: '/api/split', view: ProjectsView, summary: unsplit, act: () => press('Split and open round 0') },
  {
    route: '/api/jobs',
    view: ProjectsView,
    summary: empty,
    act: async () => {
      await view().get('form input').setValue('/data/pool')
      await press('Import')
    },
  },
  { route: '/api/jobs', view: RoundsView, act: () => press('Train and choose next') },
  { route: '/api/jobs/job-1/cancel', view: RoundsView, jobs: [training()], act: () => press('Cancel') },
  { route: '/api/jobs/job-1/resume', view: RoundsView, jobs: [training({ state: 'interrupted' })], act: () => press('Resume') },
  { route: '/api/votes/reveal', view: RoundsView, summary: project({ hasVotes: true }), act: () => press('Reveal recorded votes') },
  { route: '/api/labelling', view: SettingsView, act: () => view().get('input[type="number"]').setValue('10') },
  {
    route: '/api/gold',
    view: SettingsView,
    act: async () => {
      await press('Take known answers')
    },
  },
]

describe('where another window opened another project and this one has not heard of it', () => {
  test.each(actions)('$route names the project on screen, and why it was refused is said', async ({ route, view: shown, act, ...more }) => {
    const { summary = project(), jobs = [] } = more
    const named: string[] = []
    await show(
      shown,
      {
        ...base,
        'GET /api/status': () => json(statusOf(summary, jobs)),
        [`POST ${route}`]: (_, __, headers) => {
          named.push(decodeURIComponent(headers?.get(PROJECT_HEADER) ?? ''))
          return json({ code: 'project/changed', message: reason }, 503)
        },
      },
      summary,
    )
    await act()
    await flushPromises()
    expect(named).toEqual([path])
    expect(view().text()).toContain(reason)
  })

  test('settings that were changed before it heard of it are still of the project in which they were changed', async () => {
    let open = project()
    const first = deferred<Response>()
    const named: string[] = []
    await show(SettingsView, {
      'GET /api/status': () => json(statusOf(open)),
      'POST /api/labelling': (_, __, headers) => {
        named.push(decodeURIComponent(headers?.get(PROJECT_HEADER) ?? ''))
        return named.length === 1 ? first.promise : json({ code: 'project/changed', message: reason }, 503)
      },
    })
    const field = view().get<HTMLInputElement>('input[type="number"]')
    await field.setValue('10')
    await field.setValue('12')
    open = project({ path: '/data/other.galaxydesk' })
    await useStatusStore().load()
    await flushPromises()
    first.resolve(json({ ...defaults, repeatShare: 0.1 }))
    await flushPromises()
    expect(named).toEqual([path, path])
    expect(view().text()).toContain(reason)
    expect(view().get<HTMLInputElement>('input[type="number"]').element.value).toBe('5')
  })
})
