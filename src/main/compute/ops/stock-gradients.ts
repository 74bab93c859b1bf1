/**
 * @file Gives the stock operations their gradients. `@tensorflow/tfjs-core` alone registers none, and its own list of them is an ES module
 * that Node cannot import; loading tfjs-layers (17 ms) registers them with the core that the rest of the program uses.
 */
import '@tensorflow/tfjs-layers'
