// @vitest-environment happy-dom
import { nextTick, watch } from 'vue'
import { beforeEach, expect, test, vi } from 'vitest'
import { PROJECT_HEADER } from '@shared/contract/requests'
import { useLabelsStore, type LabelWrite } from '@renderer/stores/labels'
import { deferred, freshStores, galaxy, json, labelRoutes, serve } from '../support'

beforeEach(freshStores)
const path = '/data/sky.galaxydesk'
const entry = (uuid = crypto.randomUUID()): Extract<LabelWrite, { kind: 'label' }> => ({
  kind: 'label',
  request: { uuid, galaxyKey: 1, kind: 'answer', question: 'smooth-or-featured', answer: 'smooth', durationMs: 900, annotator: 'Ada' },
})

/** Another window, which finds what the one before left in the browser's storage. */
function nextWindow() {
  const left = Object.entries(localStorage) as [string, string][]
  freshStores()
  for (const [key, text] of left) localStorage.setItem(key, text)
}

/** A server that saves nothing before the gate is opened. */
function serveBehindGate() {
  const gate = deferred<null>()
  const routes = labelRoutes([galaxy(1)])
  serve({
    'POST /api/labels': async (body, url) => {
      await gate.promise
      return routes['POST /api/labels']!(body, url)
    },
  })
  return gate
}

test('an entry is saved only once the server has answered', async () => {
  const gate = serveBehindGate()
  const labels = useLabelsStore()
  const written = labels.write(entry())
  expect([labels.saving.kind, labels.lastSaved]).toEqual(['sending', null])
  gate.resolve(null)
  expect((await written)?.items[0]?.answers).toEqual([{ question: 'smooth-or-featured', answer: 'smooth' }])
  expect([labels.saving.kind, labels.lastSaved?.answer]).toEqual(['idle', 'smooth'])
})

test('one on its way for less than 100 ms is not shown; what it leads to is done before anything is drawn', async () => {
  vi.useFakeTimers()
  const gate = serveBehindGate()
  const labels = useLabelsStore()
  const states: unknown[] = []
  const written = labels.write(entry(), ({ events }) => states.push([labels.saving.kind, labels.savedCount, events.length]))
  await vi.advanceTimersByTimeAsync(99)
  expect(labels.shownSaving.kind).toBe('idle')
  await vi.advanceTimersByTimeAsync(1)
  expect([labels.shownSaving.kind, labels.savedCount]).toEqual(['sending', 0])
  let drawnAfter = -1
  watch(
    () => labels.lastSaved,
    () => (drawnAfter = states.length),
  )
  gate.resolve(null)
  await written
  expect(states).toEqual([['idle', 1, 1]])
  await nextTick()
  expect([labels.shownSaving.kind, drawnAfter]).toEqual(['idle', 1])
  void labels.write(entry())
  expect(labels.shownSaving.kind).toBe('idle')
})

test('a failed entry keeps its reason and is sent again with the same UUID after 1 s, then 2 s', async () => {
  vi.useFakeTimers()
  const routes = labelRoutes([galaxy(1)])
  let failures = 2
  const { calls } = serve({
    'POST /api/labels': (body, url) =>
      failures-- > 0
        ? json({ code: 'catalogue/locked', message: 'Another program holds it.' }, 500)
        : routes['POST /api/labels']!(body, url),
  })
  const labels = useLabelsStore()
  const written = labels.write(entry())
  await vi.advanceTimersByTimeAsync(0)
  expect(labels.saving).toMatchObject({ kind: 'failed', error: { code: 'catalogue/locked', message: 'Another program holds it.' } })
  await vi.advanceTimersByTimeAsync(999)
  expect(calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(calls).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(2000)
  expect(await written).not.toBeNull()
  expect(calls).toHaveLength(3)
  expect(new Set(calls.map(({ body }) => (body as { uuid: string }).uuid)).size).toBe(1)
})

test('a server that does not answer at all is a failure with a reason, and the user can try again at once', async () => {
  const routes = labelRoutes([galaxy(1)])
  let isDown = true
  serve({
    'POST /api/labels': (body, url) => {
      if (isDown) throw new TypeError('network')
      return routes['POST /api/labels']!(body, url)
    },
  })
  const labels = useLabelsStore()
  const written = labels.write(entry())
  await vi.waitFor(() => expect(labels.saving).toMatchObject({ kind: 'failed', error: { code: 'server/unreachable' } }), {
    timeout: 50_000,
  })
  isDown = false
  labels.retry()
  expect((await written)?.events[0]?.kind).toBe('answer')
})

test('a discarded entry is not sent again and nothing is called saved', async () => {
  const { calls } = serve({})
  const labels = useLabelsStore()
  const written = labels.write(entry())
  await vi.waitFor(() => expect(labels.saving.kind).toBe('failed'), { timeout: 50_000 })
  labels.discard()
  expect(await written).toBeNull()
  expect([labels.saving.kind, labels.lastSaved, calls.length, localStorage.length]).toEqual(['idle', null, 1, 0])
})

test('an entry that a closed window left behind is written by the next one, with its UUID', async () => {
  serve({})
  const before = useLabelsStore()
  await before.recover(path)
  const left = entry()
  void before.write(left)
  await vi.waitFor(() => expect(before.saving.kind).toBe('failed'), { timeout: 50_000 })
  nextWindow()
  const { calls } = serve(labelRoutes([galaxy(1)]))
  const after = useLabelsStore()
  expect(await after.recover('/data/another.galaxydesk')).toEqual([])
  expect((await after.recover(path)).map(({ events }) => events[0]?.uuid)).toEqual([left.request.uuid])
  expect(calls).toHaveLength(1)
  expect(await after.recover(path)).toEqual([])
})

test('of two windows that were closed unsaved, neither loses its entry, nor does a window of another project take one', async () => {
  const left = [entry(), entry()]
  for (const each of left) {
    nextWindow()
    serve({})
    const labels = useLabelsStore()
    labels.enter(path)
    void labels.write(each)
    await vi.waitFor(() => expect(labels.saving.kind).toBe('failed'), { timeout: 50_000 })
  }
  nextWindow()
  serve(labelRoutes([galaxy(1)]))
  const other = useLabelsStore()
  expect(await other.recover('/data/another.galaxydesk')).toEqual([])
  await other.write(entry())
  await other.write({ kind: 'undo', request: { uuid: crypto.randomUUID(), annotator: 'Ada' } })
  const next = await other.recover(path)
  expect(next.map(({ events }) => events[0]?.uuid)).toEqual(left.map(({ request }) => request.uuid))
  expect(localStorage.length).toBe(0)
})

test('the reason stays in sight while an entry is tried again', async () => {
  vi.useFakeTimers()
  const gate = deferred<Response>()
  let isFirst = true
  serve({
    'POST /api/labels': () => {
      if (!isFirst) return gate.promise
      isFirst = false
      return json({ code: 'catalogue/busy', message: 'Wait.' }, 503)
    },
  })
  const labels = useLabelsStore()
  void labels.write(entry())
  await vi.advanceTimersByTimeAsync(999)
  expect(labels.shownSaving).toMatchObject({ kind: 'failed', isTrying: false, error: { message: 'Wait.' } })
  await vi.advanceTimersByTimeAsync(500)
  expect(labels.shownSaving).toMatchObject({ kind: 'failed', isTrying: true, error: { message: 'Wait.' } })
})

test('an entry that the server will not have is not sent again, and stands in no way', async () => {
  const message = '"bulge" is asked only after disk_yes.'
  const { calls } = serve({ 'POST /api/labels': () => json({ code: 'label/not-asked', message }, 400) })
  const labels = useLabelsStore()
  expect(await labels.write(entry())).toBeNull()
  expect(labels.saving).toMatchObject({ kind: 'refused', error: { message } })
  expect([labels.isIdle, labels.hasFailed, calls.length, localStorage.length]).toEqual([true, false, 1, 0])
  serve(labelRoutes([galaxy(1)]))
  expect(await labels.write(entry())).not.toBeNull()
  expect(labels.saving.kind).toBe('idle')
})

test('nothing of another project or person is called saved', async () => {
  serve(labelRoutes([galaxy(1)]))
  const labels = useLabelsStore()
  labels.enter(path)
  await labels.write(entry())
  expect([labels.lastSaved?.answer, labels.savedCount]).toEqual(['smooth', 1])
  labels.enter(path)
  expect(labels.savedCount).toBe(1)
  labels.enter('/data/another.galaxydesk')
  expect([labels.lastSaved, labels.savedCount]).toEqual([null, 0])
})

test('an entry that waits stays for its project when another one is opened', async () => {
  const routes = labelRoutes([galaxy(1)])
  const named: string[] = []
  let isDown = true
  serve({
    'POST /api/labels': (body, url, headers) => {
      named.push(decodeURIComponent(headers?.get(PROJECT_HEADER) ?? ''))
      return isDown ? json({ code: 'catalogue/busy', message: 'Wait.' }, 503) : routes['POST /api/labels']!(body, url, headers)
    },
  })
  const labels = useLabelsStore()
  const sky = '/data/Großer Wagen.galaxydesk'
  await labels.recover(sky)
  const written = labels.write(entry())
  await vi.waitFor(() => expect(labels.saving.kind).toBe('failed'), { timeout: 50_000 })
  expect(await labels.recover('/data/another.galaxydesk')).toEqual([])
  isDown = false
  labels.retry()
  expect(await written).not.toBeNull()
  expect(named).toEqual([sky, sky])
  // The tick beside the galaxies of the other project would be about none of them.
  expect([labels.lastSaved, labels.savedCount]).toEqual([null, 0])
})

test('two entries are never written at once', async () => {
  serve({ 'POST /api/labels': () => new Promise<Response>(() => undefined) })
  const labels = useLabelsStore()
  void labels.write(entry())
  await expect(labels.write(entry())).rejects.toThrow('an entry is still being written')
})
