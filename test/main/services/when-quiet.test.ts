import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whenQuiet } from '@main/services/when-quiet'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function counted() {
  let calls = 0
  const ask = whenQuiet({ quietMs: 400, mostMs: 10_000 }, () => calls++)
  return { ask, calls: () => calls }
}

test('nothing is done while it is asked for again and again, and once when that ends', () => {
  const { ask, calls } = counted()
  for (let i = 0; i < 20; i++) {
    ask()
    vi.advanceTimersByTime(300)
  }
  expect(calls()).toBe(0)
  vi.advanceTimersByTime(100)
  expect(calls()).toBe(1)
  vi.advanceTimersByTime(60_000)
  expect(calls()).toBe(1)
})

test('it is put off no longer than it may, and begins anew after that', () => {
  const { ask, calls } = counted()
  for (let i = 0; i < 100; i++) {
    ask()
    vi.advanceTimersByTime(300)
  }
  expect(calls()).toBe(2)
  vi.advanceTimersByTime(400)
  expect(calls()).toBe(3)
})
