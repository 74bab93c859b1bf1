/** The exports of one module; see [Note: The head's kernel]. */
export { adam } from '../../engine/wasm/kernels/elementwise'
export { addOuterProducts, drop, multiply, scale, sumOfSquares } from './head'
