// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useQueueStore } from '@renderer/stores/queue'
import type { QueueItem } from '@shared/contract/records'
import { deferred, freshStores, galaxy, json, queueRoutes, serve, written } from '../support'

beforeEach(freshStores)

async function loaded(items: QueueItem[]) {
  const served = serve(queueRoutes(items))
  const queue = useQueueStore()
  await queue.load('Ada', '/data/sky')
  /** As after a commit that left the galaxy like this. */
  const commit = (changed: QueueItem) => {
    const at = items.findIndex(({ turn }) => turn === changed.turn)
    if (at !== -1) items[at] = changed
    queue.take(written([], items.includes(changed) ? items : [...items, changed], changed.galaxyKey))
  }
  return { queue, commit, ...served }
}

test('starts at the first galaxy that is neither complete nor skipped', async () => {
  const { queue } = await loaded([galaxy(1, { isComplete: true }), galaxy(2, { isSkipped: true }), galaxy(3), galaxy(4)])
  expect([queue.current?.galaxyKey, queue.complete, queue.total, queue.skipped]).toEqual([3, 1, 4, 1])
  expect(queue.upcoming).toEqual(['/api/galaxies/4/image?view=1'])
})

test('goes on to what is still to do, also before the current galaxy, and then past the end', async () => {
  const { queue, commit } = await loaded([galaxy(1), galaxy(2), galaxy(3)])
  queue.show('turn-3')
  commit(galaxy(3, { isComplete: true }))
  await queue.advance()
  expect([queue.current?.galaxyKey, queue.complete]).toEqual([1, 1])
  commit(galaxy(1, { isSkipped: true }))
  commit(galaxy(2, { isComplete: true }))
  await queue.advance()
  expect([queue.current, queue.complete, queue.skipped]).toEqual([null, 2, 1])
  await queue.showFirstSkipped()
  expect(queue.current?.galaxyKey).toBe(1)
})

test('stands past the end of a queue that is done, and steps back into it', async () => {
  const { queue } = await loaded([galaxy(1, { isComplete: true }), galaxy(2, { isComplete: true })])
  expect(queue.current).toBeNull()
  await queue.step(-1)
  expect(queue.current?.galaxyKey).toBe(2)
})

test('a galaxy of an earlier round is shown in front of the current one', async () => {
  const { queue, commit } = await loaded([galaxy(1), galaxy(2)])
  commit(galaxy(99))
  queue.show('turn-99')
  expect(queue.items.map(({ galaxyKey }) => galaxyKey)).toEqual([99, 1, 2])
  expect(queue.current?.galaxyKey).toBe(99)
})

test('whoever comes back to it stands where they left, or after it where that was done meanwhile', async () => {
  const { queue, commit } = await loaded([galaxy(1), galaxy(2), galaxy(3), galaxy(4)])
  const back = async (annotator = 'Ada', project = '/data/sky') => {
    await queue.load(annotator, project)
    return queue.current?.galaxyKey
  }
  await queue.step(1)
  expect(await back()).toBe(2)
  commit(galaxy(2, { isComplete: true }))
  queue.show('turn-2')
  // Gone back to, to be looked at again.
  expect(await back()).toBe(2)
  queue.show('turn-3')
  const shown = queue.items
  commit(galaxy(3, { isComplete: true }))
  queue.items = shown
  expect(await back()).toBe(4)
  expect([await back('Ben'), await back('Ada', '/data/other')]).toEqual([1, 1])
})

test('a queue that was asked for earlier never replaces a newer one', async () => {
  const slow = deferred<Response>()
  const routes = queueRoutes([galaxy(2)])
  const answers = [slow.promise]
  const { calls } = serve({ ...routes, 'GET /api/queue': (body, url) => answers.shift() ?? routes['GET /api/queue']!(body, url) })
  const queue = useQueueStore()
  const first = queue.load('Ada', '/data/sky')
  await vi.waitFor(() => expect(calls).toHaveLength(2), { timeout: 50_000 })
  await queue.load('Ada', '/data/sky')
  slow.resolve(json({ round: 1, total: 1, complete: 0, skipped: 0, items: [{ ...galaxy(1), position: 2 }] }))
  await first
  expect(queue.current?.galaxyKey).toBe(2)
})

describe('of a thousand galaxies', () => {
  const thousand = (changes: (key: number) => Partial<QueueItem> = () => ({})) =>
    Array.from({ length: 1_000 }, (_, i) => galaxy(i + 1, changes(i + 1)))

  test('only what is near is loaded, and every one comes in its turn', async () => {
    const { queue, commit, calls } = await loaded(thousand())
    expect(queue.items).toHaveLength(60)
    for (let key = 1; key <= 150; key++) {
      expect(queue.current?.galaxyKey).toBe(key)
      commit(galaxy(key, { isComplete: true }))
      await queue.advance()
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect([queue.complete, queue.total]).toEqual([150, 1_000])
    expect(calls.filter(({ path }) => path.startsWith('/api/queue?')).length).toBeLessThan(5)
  })

  test('it begins far from the start where the first ones are done, and steps back over the edge of what is loaded', async () => {
    const { queue } = await loaded(thousand((key) => ({ isComplete: key <= 700 })))
    expect(queue.current?.galaxyKey).toBe(701)
    for (let i = 0; i < 80; i++) await queue.step(-1)
    expect(queue.current?.galaxyKey).toBe(621)
  })

  test('from the last one it goes on to one that was left at the start', async () => {
    const { queue, commit } = await loaded(thousand((key) => ({ isComplete: key !== 3 && key !== 998 })))
    expect(queue.current?.galaxyKey).toBe(3)
    await queue.step(1)
    expect(queue.current?.galaxyKey).toBe(4)
    await queue.advance()
    expect(queue.current?.galaxyKey).toBe(998)
    commit(galaxy(998, { isComplete: true }))
    await queue.advance()
    expect(queue.current?.galaxyKey).toBe(3)
  })
})

test('what another annotator has done meanwhile is passed over, and the galaxy on screen stays as it is', async () => {
  const items = [galaxy(1), galaxy(2), galaxy(3), galaxy(4)]
  const { queue } = await loaded(items)
  for (const i of [0, 1, 2]) items[i] = { ...items[i]!, isComplete: true }
  await queue.update()
  expect([queue.current?.isComplete, queue.complete, queue.items.map(({ isComplete }) => isComplete)]).toEqual([
    false,
    3,
    [false, true, true, false],
  ])
  await queue.advance()
  expect(queue.current?.galaxyKey).toBe(4)
  await queue.update()
  expect(queue.current?.galaxyKey).toBe(4)
})

test('what the same annotator has answered in another window is answered on screen too, and counted for a word about it', async () => {
  const items = [galaxy(1), galaxy(2)]
  const { queue } = await loaded(items)
  await queue.update()
  expect(queue.changesElsewhere).toBe(0)
  items[0] = { ...items[0]!, answers: [{ question: 'smooth-or-featured', answer: 'smooth' }] }
  await queue.update()
  expect([queue.current?.answers[0]?.answer, queue.changesElsewhere]).toEqual(['smooth', 1])
})

test('what another annotator has done does not take back what was answered here while it was read', async () => {
  const items = [galaxy(1), galaxy(2), galaxy(3), galaxy(4)]
  const routes = queueRoutes(items)
  const slow = deferred<Response>()
  let isSlow = false
  serve({ ...routes, 'GET /api/queue': (body, url) => (isSlow ? slow.promise : routes['GET /api/queue']!(body, url)) })
  const queue = useQueueStore()
  await queue.load('Ada', '/data/sky')
  isSlow = true
  const updated = queue.update()
  // As the server read it: only the last one was done, elsewhere.
  const read = [galaxy(2), galaxy(3), galaxy(4, { isComplete: true })].map((item, i) => ({ ...item, position: 4 + 2 * i }))
  for (const key of [1, 2]) {
    items[key - 1] = galaxy(key, { isComplete: true })
    queue.take(written([], items, key))
    await queue.advance()
  }
  slow.resolve(json({ round: 1, total: 4, complete: 1, skipped: 0, items: read }))
  await updated
  expect([queue.current?.galaxyKey, queue.items.map(({ isComplete }) => isComplete)]).toEqual([3, [true, true, false, true]])
})
