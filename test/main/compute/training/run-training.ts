import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** `firstStep` is the step that was reported first. */
export type Run<Answer> = { firstStep: number | null; signal: NodeJS.Signals | null; answer: Answer | null }

/** Runs a function of a module beside this file in a process of its own; it is killed (SIGKILL) once that step is reported, or left to end. */
export async function runTraining<Answer>(
  module: string,
  name: string,
  request: object,
  { killAtStep = null, environment = {} }: { killAtStep?: number | null; environment?: Record<string, string> } = {},
): Promise<Run<Answer>> {
  const program = 'test/main/compute/engine/source-process.mjs'
  const child = spawn(process.execPath, [program, `../../test/main/compute/training/${module}`, name, JSON.stringify([request])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const run: Run<Answer> = { firstStep: null, signal: null, answer: null }
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)))
  for await (const line of createInterface({ input: child.stdout })) {
    const step = /^training (\d+)$/.exec(line)
    if (step === null) {
      if (line.startsWith('{')) run.answer = (JSON.parse(line) as { answer: Answer }).answer
      continue
    }
    run.firstStep ??= Number(step[1])
    if (killAtStep !== null && Number(step[1]) >= killAtStep) child.kill('SIGKILL')
  }
  run.signal = await ended
  return run
}
