// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { afterShown } from '@renderer/image/after-shown'

beforeEach(() => vi.useFakeTimers())

/** Whether the wait for an image that is there, looked at for 250 ms, has ended. */
function wait(signal = new AbortController().signal): { hasEnded: () => boolean } {
  let hasEnded = false
  void afterShown(null, signal, 250).then(() => (hasEnded = true))
  return { hasEnded: () => hasEnded }
}

test('what must not delay an image begins only when it was looked at for a while', async () => {
  const { hasEnded } = wait()
  await vi.advanceTimersByTimeAsync(249)
  expect(hasEnded()).toBe(false)
  await vi.advanceTimersByTimeAsync(10)
  expect(hasEnded()).toBe(true)
})

test('whoever goes on before that ends the wait', async () => {
  const stop = new AbortController()
  const { hasEnded } = wait(stop.signal)
  await vi.advanceTimersByTimeAsync(100)
  stop.abort()
  await vi.advanceTimersByTimeAsync(0)
  expect(hasEnded()).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})
