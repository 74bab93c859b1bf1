import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Pass } from './builder'

/** The part of a network from images [B, H, W, 1] to features [B, F]. It leaves intermediate tensors to the caller's `tf.tidy`. */
export type Encoder = { featureCount: number; run: (images_BHWC: Tensor4D, pass: Pass) => Tensor2D }
