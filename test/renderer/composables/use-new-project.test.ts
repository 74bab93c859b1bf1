import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test } from 'vitest'
import { watch } from 'vue'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { useNewProject } from '@renderer/composables/useNewProject'
import { useProjectsStore } from '@renderer/stores/projects'
import { useStatusStore } from '@renderer/stores/status'
import { job, json, project, serve, statusOf } from '../support'

beforeEach(() => setActivePinia(createPinia()))

const trees = [
  { id: 'rings', questions: 1, answers: 2 },
  { id: 'gz2', questions: 11, answers: 37 },
]

/** The form, opened before the list of projects has come. */
function openEarly() {
  const form = useNewProject('table')
  const projects = useProjectsStore()
  const arrive = () => projects.$patch({ suggestedFolder: '/home/user/projects', trees })
  return { form, arrive }
}

describe('the form of a new project', () => {
  test('takes the suggested tree and folder when they arrive after it was opened', () => {
    const { form, arrive } = openEarly()
    expect([form.tree.value, form.folder.value]).toEqual(['', ''])
    arrive()
    expect([form.tree.value, form.folder.value]).toEqual(['gz2', '/home/user/projects'])
    form.importDraft.value.table = '/data/votes.csv'
    expect(form.name.value).toBe('votes')
    expect(form.isReady.value).toBe(true)
  })

  test('keeps what the user set before they arrived', () => {
    const { form, arrive } = openEarly()
    form.tree.value = 'rings'
    form.folder.value = '/data'
    arrive()
    expect([form.tree.value, form.folder.value]).toEqual(['rings', '/data'])
  })

  test('keeps an emptied field empty', () => {
    const { form, arrive } = openEarly()
    arrive()
    form.tree.value = ''
    expect(form.isReady.value).toBe(false)
    expect(form.tree.value).toBe('')
  })

  test('imports into the project that it made, also where another was opened right after it', async () => {
    const { form, arrive } = openEarly()
    arrive()
    form.importDraft.value.table = '/data/votes.csv'
    const named: (string | null | undefined)[] = []
    serve({
      'GET /api/status': () => json(statusOf(null)),
      'POST /api/projects': (body) => json(project({ path: (body as { path: string }).path })),
      'POST /api/jobs': (_, __, headers) => {
        named.push(headers?.get(PROJECT_HEADER))
        return json(job())
      },
    })
    const status = useStatusStore()
    await status.load()
    const stop = watch(
      () => status.project,
      () => {
        stop()
        status.status = statusOf(project({ path: '/data/other.galaxydesk' }))
      },
      { flush: 'sync' },
    )
    await form.create()
    expect([status.project?.path, named]).toEqual(['/data/other.galaxydesk', [encodeURIComponent('/home/user/projects/votes.galaxydesk')]])
  })
})
