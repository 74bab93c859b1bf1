import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core'
import type { NetworkName } from '@shared/contract/job'
import type { Random } from '@shared/science/stats/random'

/** A row of the table that `galaxy-desk model NAME` prints. `outputShape` is for one galaxy, without the batch. */
export type LayerSummary = { name: string; outputShape: number[]; parameters: number }

/**
 * How an output is read. `dirichlet-multinomial`: one concentration in (1, 101) per answer, `1 + 100 sigmoid(x)` (W+21).
 * `binomial`: two softmax values, the second is rho, the vote fraction of the one answer (W+20).
 */
export type Likelihood = 'dirichlet-multinomial' | 'binomial'

/**
 * A network is an encoder up to its features and a head of one dropout and one dense layer. The split is what makes dropout samples cheap:
 * dropout sits after the features, so T samples of one view are T head products (SCIENCE: W+21 and W+20 both have this shape).
 */
export type Network = {
  readonly name: NetworkName
  readonly sizePx: number
  readonly featureCount: number
  /** Columns of the head's output: the answers of the tree, or 2 for binomial. */
  readonly outputCount: number
  readonly likelihood: Likelihood
  readonly dropoutRate: number
  readonly layers: readonly LayerSummary[]
  /** Every weight by name, in a fixed order; `trainable` of moving statistics is false. Names starting with `head/` belong to the head. */
  readonly variables: ReadonlyMap<string, Variable>
  /**
   * Images [B, sizePx, sizePx, 1] in 0..1 to features [B, F]. `train` uses batch statistics, updates the moving ones, and drops whole
   * blocks (stochastic depth) by `random`; without it no block is dropped. `predict` draws nothing.
   */
  encode: (images_BHWC: Tensor4D, mode: 'train' | 'predict', random?: Random) => Tensor2D
  /** Features to concentrations [B, A] or softmax [B, 2]. `mask_BF` holds 0 or 1 / (1 - dropoutRate); null is no dropout. */
  head: (features_BF: Tensor2D, mask_BF: Tensor2D | null) => Tensor2D
  dispose: () => void
}
