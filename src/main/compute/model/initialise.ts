import type { Initialiser } from './builder'

export const zeros: Initialiser = (count) => new Float32Array(count)
export const ones: Initialiser = (count) => new Float32Array(count).fill(1)

/** Uniform in ±sqrt(6 / (fanIn + fanOut)). Source: Glorot & Bengio 2010; what Keras does by default. */
export function glorotUniform(fanIn: number, fanOut: number): Initialiser {
  const limit = Math.sqrt(6 / (fanIn + fanOut))
  return (count, random) => Float32Array.from({ length: count }, () => limit * (2 * random.next() - 1))
}

/** Uniform with variance 2 / fan: keeps the size of activations through relu and swish. Source: He et al. 2015 (arXiv 1502.01852). */
export function heUniform(fan: number): Initialiser {
  const limit = Math.sqrt(6 / fan)
  return (count, random) => Float32Array.from({ length: count }, () => limit * (2 * random.next() - 1))
}
