/** @file A thread that scores galaxies: it gets passes, works on each until nothing is left of it, and says so. */
import { parentPort } from 'node:worker_threads'
import { words, workOn, type Pass } from './pass'

const port = parentPort
if (port === null) throw new Error('galaxies are scored in a worker thread')

/** What a thread says of the pass that it got last. `error` null: it ended well. */
export type FromScoreThread = { readonly error: Error | null }

port.on('message', (pass: Pass) => {
  const say = (message: FromScoreThread) => port.postMessage(message)
  try {
    const work = workOn(pass)
    while (work.next().done !== true);
    say({ error: null })
  } catch (error) {
    Atomics.store(pass.control, words.failed, 1)
    say({ error: error instanceof Error ? error : new Error(String(error)) })
  }
})
