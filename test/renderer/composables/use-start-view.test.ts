// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useStartView } from '@renderer/composables/useStartView'
import { useJobsStore } from '@renderer/stores/jobs'
import { useStatusStore } from '@renderer/stores/status'
import { freshStores, job, json, project, serve, statusOf } from '../support'

let view: VueWrapper
beforeEach(freshStores)
afterEach(() => view.unmount())

const empty = defineComponent({ render: () => h('div') })
async function start(address: string) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', redirect: '/projects' }, ...['/projects', '/label', '/rounds'].map((path) => ({ path, component: empty }))],
  })
  await router.push(address)
  const root = defineComponent({
    setup() {
      useStartView()
      return () => h('div')
    },
  })
  view = mount(root, { global: { plugins: [router] } })
  await flushPromises()
  return router
}
const load = async (summary: ReturnType<typeof project> | null, jobs: ReturnType<typeof job>[] = []) => {
  serve({ 'GET /api/status': () => json(statusOf(summary, jobs)) })
  await useStatusStore().load()
  await flushPromises()
}

test('a start leads to the galaxies of the open round', async () => {
  const router = await start('/')
  await load(project())
  expect(router.currentRoute.value.path).toBe('/label')
})

test('the first start waits for the sample project and then leads to its galaxies', async () => {
  const router = await start('/')
  await load(project({ openRound: null }), [job()])
  expect(router.currentRoute.value.path).toBe('/projects')
  await load(project({ openRound: 1 }), [job({ state: 'done' })])
  expect(router.currentRoute.value.path).toBe('/label')
})

test('the job may end before the project is read again', async () => {
  const router = await start('/')
  await load(project({ openRound: null }), [job()])
  useJobsStore().upsert(job({ state: 'done' }))
  await flushPromises()
  await load(project({ openRound: 1 }), [job({ state: 'done' })])
  expect(router.currentRoute.value.path).toBe('/label')
})

test('whoever goes elsewhere is left there', async () => {
  const router = await start('/')
  await load(project({ openRound: null }), [job()])
  await router.push('/rounds')
  await flushPromises()
  await load(project({ openRound: 1 }), [job({ state: 'done' })])
  expect(router.currentRoute.value.path).toBe('/rounds')
})

test('an address of its own is kept', async () => {
  const router = await start('/rounds')
  await load(project())
  expect(router.currentRoute.value.path).toBe('/rounds')
})

test('without an open round the start is Projects', async () => {
  const router = await start('/')
  await load(project({ openRound: null }))
  expect(router.currentRoute.value.path).toBe('/projects')
  await load(project({ openRound: 1 }))
  expect(router.currentRoute.value.path).toBe('/projects')
})

test('a dialog that was opened meanwhile keeps its place', async () => {
  const router = await start('/')
  await load(project({ openRound: null }), [job()])
  const dialog = document.createElement('dialog')
  dialog.setAttribute('open', '')
  document.body.append(dialog)
  await load(project({ openRound: 1 }), [job({ state: 'done' })])
  dialog.remove()
  await load(project({ openRound: 1 }), [job({ state: 'done' })])
  expect(router.currentRoute.value.path).toBe('/projects')
})
