// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { useQueueStore } from '@renderer/stores/queue'
import { deferred, freshStores, galaxy, json, serve } from '../support'

beforeEach(freshStores)
const queueOf = (...items: ReturnType<typeof galaxy>[]) => ({
  round: 1,
  total: items.length,
  complete: items.filter(({ isComplete }) => isComplete).length,
  items,
})

test('starts at the first galaxy that is neither complete nor skipped', async () => {
  serve({ 'GET /api/queue': () => json(queueOf(galaxy(1, { isComplete: true }), galaxy(2, { isSkipped: true }), galaxy(3), galaxy(4))) })
  const queue = useQueueStore()
  await queue.load('Ada')
  expect([queue.current?.galaxyKey, queue.complete, queue.total, queue.skipped]).toEqual([3, 1, 4, 1])
  expect(queue.upcoming).toEqual(['/api/galaxies/4/image?view=1'])
})

test('goes on to what is still to do, also before the current galaxy, and then past the end', async () => {
  serve({ 'GET /api/queue': () => json(queueOf(galaxy(1), galaxy(2), galaxy(3))) })
  const queue = useQueueStore()
  await queue.load('Ada')
  queue.show(3)
  queue.replace(galaxy(3, { isComplete: true }))
  queue.advance()
  expect([queue.current?.galaxyKey, queue.complete]).toEqual([1, 1])
  queue.replace(galaxy(1, { isSkipped: true }))
  queue.replace(galaxy(2, { isComplete: true }))
  queue.advance()
  expect([queue.current, queue.complete]).toEqual([null, 2])
  queue.showFirstSkipped()
  expect(queue.current?.galaxyKey).toBe(1)
})

test('an undo of a complete galaxy lowers the count', async () => {
  serve({ 'GET /api/queue': () => json(queueOf(galaxy(1, { isComplete: true }), galaxy(2))) })
  const queue = useQueueStore()
  await queue.load('Ada')
  queue.replace(galaxy(1))
  expect(queue.complete).toBe(0)
})

test('a galaxy of an earlier round is shown in front of the current one', async () => {
  serve({ 'GET /api/queue': () => json(queueOf(galaxy(1), galaxy(2))) })
  const queue = useQueueStore()
  await queue.load('Ada')
  queue.replace(galaxy(99))
  queue.show(99)
  expect(queue.items.map(({ galaxyKey }) => galaxyKey)).toEqual([99, 1, 2])
  expect(queue.current?.galaxyKey).toBe(99)
})

test('a queue that was asked for earlier never replaces a newer one', async () => {
  const slow = deferred<Response>()
  const answers = [slow.promise, Promise.resolve(json(queueOf(galaxy(2))))]
  serve({ 'GET /api/queue': () => answers.shift()! })
  const queue = useQueueStore()
  const first = queue.load('Ada')
  await queue.load('Ada')
  slow.resolve(json(queueOf(galaxy(1))))
  await first
  expect(queue.current?.galaxyKey).toBe(2)
})
