import { flushPromises, mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach } from 'vitest'
import type { Component } from 'vue'
import { router } from '@renderer/router'
import { useStatusStore } from '@renderer/stores/status'
import { labellingChangesSchema, type LabellingSettings } from '@shared/contract/labelling'
import { freshStores, json, project, serve, statusOf, type Call, type Routes } from '../support'

/** The labelling settings that the routes begin with. */
export const defaults: LabellingSettings = { doubleShare: 0, repeatShare: 0.05, breakMinutes: 45, hints: 'never' }

function labellingRoutes(): Routes {
  let settings = defaults
  return {
    'GET /api/labelling': () => json(settings),
    'POST /api/labelling': (body) => json((settings = { ...settings, ...labellingChangesSchema.parse(body) })),
  }
}

/** Mounts one view per test, over routes in memory, with a project open. */
export function pageTests() {
  let view: VueWrapper
  beforeEach(freshStores)
  afterEach(() => {
    view.unmount()
    document.body.replaceChildren()
  })
  return {
    view: () => view,
    async show(component: Component, routes: Routes, summary: ReturnType<typeof project> | null = project()) {
      const served = serve({ 'GET /api/status': () => json(statusOf(summary)), ...labellingRoutes(), ...routes })
      await useStatusStore().load()
      view = mount(component, { global: { plugins: [router], stubs: { RouterLink: RouterLinkStub } }, attachTo: document.body })
      await flushPromises()
      return served
    },
  }
}

/** What was posted to a route, in order. */
export const sent = (calls: readonly Call[], path: string): unknown[] =>
  calls.filter((call) => call.method === 'POST' && call.path === path).map(({ body }) => body)

export async function type(key: string, init: KeyboardEventInit = {}): Promise<void> {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ...init }))
  await flushPromises()
}

export const kappa = (changes = {}) => ({ kappa: 0.6, low: 0.4, high: 0.8, agreement: 0.85, n: 40, ...changes })
/** Of a question that nobody was asked twice. */
export const unknownKappa = { kappa: null, low: null, high: null, agreement: 0, n: 0 }
