// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Component } from 'vue'
import GalaxyThumbnail from '@renderer/components/catalogue/GalaxyThumbnail.vue'
import LabelImage from '@renderer/components/label/LabelImage.vue'
import ModelView from '@renderer/components/viewer/ModelView.vue'
import { freshStores, galaxy, json, serve } from '../support'

let view: VueWrapper
beforeEach(() => {
  freshStores()
  serve({ 'GET /api/galaxies/1/views': () => json({ views: [] }), 'GET /api/galaxies/2/views': () => json({ views: [] }) })
})
afterEach(() => view.unmount())

const shown = { ...galaxy(1), imageUrl: '/api/galaxies/1/image' }
const after = { ...galaxy(2), imageUrl: '/api/galaxies/2/image' }
test.each<[string, Component, Record<string, unknown>, Record<string, unknown>]>([
  ['of the Label view', LabelImage, { item: shown }, { item: after }],
  ['as the model sees it', ModelView, { galaxyKey: 1 }, { galaxyKey: 2 }],
  ['of a list', GalaxyThumbnail, { galaxyKey: 1, hasImage: true, sizePx: 64 }, { galaxyKey: 2 }],
])('an image %s that cannot be read is told of its own galaxy only', async (_, component, props, next) => {
  view = mount(component, { props })
  const before = view.get('img').element
  await view.setProps(next)
  expect(view.get('img').element).not.toBe(before)
  before.dispatchEvent(new Event('error'))
  await view.vm.$nextTick()
  expect(view.find('img').exists()).toBe(true)
  view.get('img').element.dispatchEvent(new Event('error'))
  await view.vm.$nextTick()
  expect(view.text()).toMatch(/cannot be (read|drawn)/)
})
