import { expect, test } from 'vitest'
import { useAction } from '@renderer/composables/useAction'
import { AppError } from '@shared/science/errors'
import { deferred } from '../support'

test('an error that the user can act on is shown with its code', async () => {
  const { run, error, isRunning } = useAction(async () => {
    throw new AppError('import/bad-row', 'Row 3 has no id. Give it one.')
  })
  expect(await run()).toBeUndefined()
  expect(error.value).toEqual({ code: 'import/bad-row', message: 'Row 3 has no id. Give it one.' })
  expect(isRunning.value).toBe(false)
})

test('a bug is shown as one', async () => {
  const { run, error } = useAction(async () => {
    throw new TypeError('x is undefined')
  })
  await run()
  expect(error.value).toEqual({ code: '', message: 'Something went wrong inside Galaxy Desk: x is undefined' })
})

test('a double click does it once', async () => {
  const gate = deferred<number>()
  let times = 0
  const { run } = useAction(() => {
    times++
    return gate.promise
  })
  const first = run()
  expect(await run()).toBeUndefined()
  gate.resolve(7)
  expect([await first, times]).toEqual([7, 1])
})

test('an older load that fails late says nothing about the newer one', async () => {
  const gates = [deferred<null>(), deferred<null>()]
  let next = 0
  const { run, error, isRunning } = useAction(async () => {
    const mine = next++
    await gates[mine]!.promise
    if (mine === 0) throw new Error('old')
  }, 'newest')
  const runs = [run(), run()]
  gates[0]!.resolve(null)
  await runs[0]
  expect([error.value, isRunning.value]).toEqual([null, true])
  gates[1]!.resolve(null)
  await runs[1]
  expect([error.value, isRunning.value]).toEqual([null, false])
})
