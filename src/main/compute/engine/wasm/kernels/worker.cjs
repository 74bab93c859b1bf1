/**
 * One more thread for the kernels: waits for a job, takes ranges of its work until none is left, reports. Started from its text, so that it
 * also runs from inside a packaged application. See `kernel-pool.ts`, which writes the words read here.
 */
const { workerData } = require('node:worker_threads')

const { module, memory, thread, names, words, control, args } = workerData
const { exports: kernels } = new WebAssembly.Instance(module, { env: { memory } })
const state = new Int32Array(control)
const argument = new Float64Array(args)
kernels.setThread(thread)

let job = 0
Atomics.add(state, words.done, 1)
Atomics.notify(state, words.done)
for (;;) {
  // A job usually follows within microseconds: look for a while before sleeping.
  for (let look = 0; look < 20000 && Atomics.load(state, words.job) === job; look++);
  Atomics.wait(state, words.job, job)
  const next = Atomics.load(state, words.job)
  if (next === job) continue
  job = next
  const kernel = kernels[names[state[words.kernel]]]
  const given = Array.from(argument.subarray(0, state[words.argumentCount]))
  const count = state[words.count]
  const chunk = state[words.chunk]
  try {
    for (let from = Atomics.add(state, words.next, chunk); from < count; from = Atomics.add(state, words.next, chunk))
      kernel(...given, from, Math.min(from + chunk, count))
  } catch {
    Atomics.store(state, words.failed, 1)
  }
  Atomics.add(state, words.done, 1)
  Atomics.notify(state, words.done)
}
