import type { JobProgress } from '@shared/contract/job'
import type { TrainingState } from './checkpoint'

/** Seconds of all sessions, and the time left from the pace of this one. */
export function startClock(start: TrainingState, totalSteps: number, stepsPerEpoch: number) {
  const startedAt = performance.now()
  const stepsDone = (state: TrainingState) => state.epoch * stepsPerEpoch + state.step
  const doneBefore = stepsDone(start)
  const session = () => (performance.now() - startedAt) / 1000
  return {
    seconds: () => start.seconds + session(),
    progress: (state: TrainingState): JobProgress => {
      const done = stepsDone(state)
      const pace = session() / Math.max(1, done - doneBefore)
      return { phase: 'training', done, total: totalSteps, secondsLeft: pace * (totalSteps - done) }
    },
  }
}
