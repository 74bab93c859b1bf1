/** The exports of one module; see [Note: The scoring kernel]. */
export { fillConstants, scoreTree } from './score-tree'
