import * as tf from '@tensorflow/tfjs-core'

/**
 * Runs `work`, and when it fails disposes of every tensor that was kept meanwhile. While a gradient is recorded TensorFlow.js keeps what
 * each operation will need on the way back, and lets go of it after the way back alone: a pass that ran out of memory half way would hold
 * on to all that it had made, and half the batch would not fit either.
 */
export function lettingGoOnFailure<T>(work: () => T): T {
  const engine = tf.engine()
  const kept: tf.Tensor[] = []
  const keep = engine.keep.bind(engine)
  engine.keep = <K extends tf.Tensor>(tensor: K): K => {
    kept.push(tensor)
    return keep(tensor)
  }
  try {
    return work()
  } catch (error) {
    tf.dispose(kept)
    engine.state.activeTape = []
    throw error
  } finally {
    // The method of the class again.
    Reflect.deleteProperty(engine, 'keep')
  }
}
