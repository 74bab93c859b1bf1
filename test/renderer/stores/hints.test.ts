// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import type { HintRequest, Hints } from '@shared/contract/hints'
import { useHintsStore } from '@renderer/stores/hints'
import { deferred, freshStores, json, serve } from '../support'

beforeEach(freshStores)

const hintsOf = (...questions: string[]): Hints => ({
  setting: 'after',
  model: { id: 'model-003', round: 2, network: 'efficientnet-b0' },
  isPredicted: true,
  questions: questions.map((question) => ({ question, fractions: { yes: 0.9, no: 0.1 }, guess: 'yes' })),
})
const path = '/data/sky.galaxydesk'
const look = (galaxyKey: number) => ({ galaxyKey, turn: `turn-${galaxyKey}` })

/** Each request is answered when the test says so. */
function slowServer() {
  const asked: { turn: string | undefined; answer: (hints: Hints) => void }[] = []
  serve({
    'POST /api/hints': (body) => {
      const { promise, resolve } = deferred<Response>()
      asked.push({ turn: (body as HintRequest).turn, answer: (hints) => resolve(json(hints)) })
      return promise
    },
  })
  return asked
}

test('an answer that comes late never takes the place of a newer one of the same galaxy', async () => {
  const asked = slowServer()
  const store = useHintsStore()
  const [first, second] = [store.load(path, look(1), 'Ada'), store.load(path, look(1), 'Ada')]
  asked[1]!.answer(hintsOf('bar', 'ring'))
  await second
  asked[0]!.answer(hintsOf('bar'))
  await first
  expect(store.of('turn-1')?.questions.map(({ question }) => question)).toEqual(['bar', 'ring'])
})

test('two galaxies that are asked for together are both known', async () => {
  const asked = slowServer()
  const store = useHintsStore()
  const both = [store.load(path, look(1), 'Ada'), store.load(path, look(2), 'Ada')]
  asked[1]!.answer(hintsOf('ring'))
  asked[0]!.answer(hintsOf('bar'))
  await Promise.all(both)
  expect([store.hintOf('turn-1', 'bar')?.guess, store.hintOf('turn-2', 'ring')?.guess]).toEqual(['yes', 'yes'])
})

test('what was asked for before the setting or the annotator changed is not shown after it', async () => {
  const asked = slowServer()
  const store = useHintsStore()
  const before = store.load(path, look(1), 'Ada')
  store.clear()
  asked[0]!.answer(hintsOf('bar'))
  await before
  expect(store.of('turn-1')).toBeNull()
})
