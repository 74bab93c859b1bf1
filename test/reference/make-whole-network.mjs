/**
 * Makes whole-network.json: what test/main/compute/engine/whole-network.ts gives in plain JavaScript (TensorFlow.js 4.22, engine cpu), which
 * every other engine is held to. Run it from the project's folder after a network changed on purpose: about two minutes.
 *   node test/reference/make-whole-network.mjs
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** As `gradientCases` has them. */
const cases = [
  ['w20-cnn', 64, 2],
  ['w20-cnn-tree', 64, 2],
  ['efficientnet-b0', 64, 4],
]

/** A function of whole-network.ts, in a process of its own. */
async function run(name, ...args) {
  const parts = ['test/main/compute/engine/source-process.mjs', '../../test/main/compute/engine/whole-network.ts', name, JSON.stringify(args)]
  const { stdout } = await promisify(execFile)(process.execPath, parts, { maxBuffer: 2 ** 26 })
  const { answer, message } = JSON.parse(stdout.trim().split('\n').at(-1))
  if (!answer) throw new Error(message)
  return answer
}

const sketches = await Promise.all(cases.map((one) => run('gradientInJavaScript', ...one)))
const gradients = Object.fromEntries(cases.map(([name], i) => [name, sketches[i]]))
const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(8)) : value)
writeFileSync('test/reference/whole-network.json', `${JSON.stringify(gradients, rounded).replaceAll('},"', '},\n"')}\n`)
