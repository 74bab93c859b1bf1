import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach } from 'vitest'
import { router } from '@renderer/router'
import { useSettingsStore } from '@renderer/stores/settings'
import { useStatusStore } from '@renderer/stores/status'
import LabelView from '@renderer/views/LabelView.vue'
import { freshStores, json, project, serve, statusOf, type Routes } from '../support'

/** Mounts the Label view once per test, over routes in memory, with a project open and a name given. */
export function labelTests() {
  let view: VueWrapper
  beforeEach(freshStores)
  afterEach(() => {
    view.unmount()
    document.body.replaceChildren()
  })
  return {
    view: () => view,
    async show(routes: Routes, summary: ReturnType<typeof project> | null = project(), annotator = 'Ada') {
      const served = serve({ 'GET /api/status': () => json(statusOf(summary)), ...routes })
      await useStatusStore().load()
      useSettingsStore().annotator = annotator
      view = mount(LabelView, { global: { plugins: [router] }, attachTo: document.body })
      await flushPromises()
      return served
    },
    text: (testid: string) => (view.find(`[data-testid="${testid}"]`).exists() ? view.get(`[data-testid="${testid}"]`).text() : null),
    question: () => view.find('[data-testid="question"]').attributes('data-question'),
  }
}

export async function key(name: string, init: KeyboardEventInit = {}, target: EventTarget = document.body): Promise<void> {
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init }))
  await flushPromises()
}

export const lastWrite = (calls: { method: string }[]) => calls.findLast(({ method }) => method === 'POST')
export const answersSent = (calls: { path: string; body: unknown }[]) =>
  calls.filter(({ path }) => path === '/api/labels').map(({ body }) => body as Record<string, unknown>)
