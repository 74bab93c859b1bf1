// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import GalaxyThumbnail from '@renderer/components/catalogue/GalaxyThumbnail.vue'

test('a thumbnail that was scrolled away is no longer loaded', () => {
  const thumbnail = mount(GalaxyThumbnail, { props: { galaxyKey: 7, hasImage: true, sizePx: 128 } })
  const image = thumbnail.get('img').element
  expect(image.getAttribute('src')).toMatch(/^\/api\/galaxies\/7\/thumbnail/)
  thumbnail.unmount()
  expect(image.hasAttribute('src')).toBe(false)
})
