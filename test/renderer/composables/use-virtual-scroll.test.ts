// @vitest-environment happy-dom
import { effectScope, ref } from 'vue'
import { expect, test } from 'vitest'
import { useVirtualScroll } from '@renderer/composables/useVirtualScroll'

test('a move of the bar moves the rows; one that is told after the list has left the screen does nothing', () => {
  const view = ref<HTMLElement | null>(document.createElement('div'))
  const scope = effectScope()
  const list = scope.run(() =>
    useVirtualScroll(
      view,
      ref(400),
      () => 1000,
      () => 20,
    ),
  )!
  view.value!.scrollTop = 1000
  list.onScroll()
  const moved = list.shown.value.first
  expect(moved).toBe(48)
  view.value = null
  list.onScroll()
  expect(list.shown.value.first).toBe(moved)
  scope.stop()
})
