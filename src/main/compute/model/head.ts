import * as tf from '@tensorflow/tfjs-core'
import { withGradient } from '../ops/with-gradient'
import { dense } from './blocks'
import type { Builder, Initialiser } from './builder'
import type { Likelihood, Network } from './network'

/** Beyond this logit the concentration is within 0.005 of 1 or 101: nothing is lost by stopping there. */
export const LOGIT_BOUND = 10
/** The slope of the sigmoid at a logit of ±6: the least that a gradient is multiplied by. */
export const LEAST_SLOPE = 0.0025

/**
 * A new head starts at concentrations of 6, as unsure as votes of real galaxies are; a logit of 0 would be 51, and the first epochs of a
 * small project would go into unlearning that certainty.
 */
const START_LOGIT = -3

/**
 * Concentrations `1 + 100 sigmoid(x)`, each in (1, 101), for logits of any shape. Source: Walmsley et al. 2022 (arXiv 2102.08414).
 *
 * [Note: Concentrations that stick] Strongly bimodal votes want concentrations below 1, so at the start of a training the logits run off
 * to -50, where the sigmoid's gradient is zero in float32 and no galaxy ever brings them back. Hence the logits are bounded at ±10, the
 * gradient there is that of a logit of ±6, and one that points further out is dropped. Between ±6 value and gradient are the formula's.
 * The trainer looks for questions that stick all the same.
 */
export function concentrations<T extends tf.Tensor>(logits: T): T {
  return withGradient<T>(
    [logits],
    (save) => {
      const fraction = tf.sigmoid(tf.clipByValue(logits, -LOGIT_BOUND, LOGIT_BOUND))
      save([logits, fraction])
      return tf.add(tf.mul(fraction, 100), 1)
    },
    (dy, [logit, fraction]) => [concentrationGradient(dy, logit!, fraction!)],
  )
}

function concentrationGradient(dy: tf.Tensor, logit: tf.Tensor, fraction: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const slope = tf.maximum(tf.mul(fraction, tf.sub(1, fraction)), LEAST_SLOPE)
    // The optimiser goes against the gradient: outwards is a positive gradient at the lower bound, a negative one at the upper.
    const isOutward = tf.logicalOr(
      tf.logicalAnd(tf.lessEqual(logit, -LOGIT_BOUND), tf.greater(dy, 0)),
      tf.logicalAnd(tf.greaterEqual(logit, LOGIT_BOUND), tf.less(dy, 0)),
    )
    return tf.mul(tf.mul(dy, tf.mul(slope, 100)), tf.sub(1, tf.cast(isOutward, 'float32')))
  })
}

/** Dropout and one dense layer, with the output that the likelihood needs. */
export function createHead(builder: Builder, featureCount: number, outputCount: number, likelihood: Likelihood): Network['head'] {
  builder.row('dropout', [featureCount])
  const startBias: Initialiser = (count) => new Float32Array(count).fill(likelihood === 'binomial' ? 0 : START_LOGIT)
  const logits = dense(builder, 'head', featureCount, outputCount, 'linear', startBias)
  return (features_BF, mask_BF) =>
    tf.tidy(() => {
      const kept_BF = mask_BF === null ? features_BF : tf.mul<tf.Tensor2D>(features_BF, mask_BF)
      const logits_BA = logits(kept_BF)
      return likelihood === 'binomial' ? tf.softmax(logits_BA) : concentrations(logits_BA)
    })
}
