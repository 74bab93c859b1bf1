import { assertNever } from '@shared/science/errors'
import { buildNetwork } from '../model/build'
import { summarise } from '../model/summary'
import type { ComputeResults, ComputeTask } from '../protocol'
import { acquire } from './acquire'
import type { TaskContext } from './context'
import { measure } from './measure'
import { predict } from './predict'
import { train } from './train'

/** Does what a task asks; what it throws goes to whoever asked. */
export async function runTask(task: ComputeTask, context: TaskContext): Promise<ComputeResults[ComputeTask['kind']]> {
  switch (task.kind) {
    case 'engine':
      return context.engine
    case 'train':
      return train(task, context)
    case 'predict':
      return predict(task, context)
    case 'acquire':
      return acquire(task, context)
    case 'measure':
      return measure(task)
    case 'model': {
      const network = buildNetwork(task.network, { outputCount: task.outputs, sizePx: task.sizePx, seed: 1 })
      try {
        return summarise(network)
      } finally {
        network.dispose()
      }
    }
    default:
      return assertNever(task)
  }
}
