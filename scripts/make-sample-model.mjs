/**
 * Makes resources/sample-model: the model of round 0 that chooses the first galaxies of a new sample project. It is trained as a user would,
 * on as many simulated galaxies as round 0 of a sample has, drawn from a seed that no sample uses by default, so that it has seen none of them.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SEED = 987_654
const GALAXIES = 170
const MOST_BYTES = 3e6
const MODEL = 'model-000'
const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'resources', 'sample-model')
const scratch = mkdtempSync(join(tmpdir(), 'sample-model-'))

function galaxyDesk(...args) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bin', 'galaxy-desk.mjs'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw new Error(`galaxy-desk ${args.join(' ')} ended with ${status}`)
  return stdout
}

rmSync(target, { recursive: true, force: true })
const sample = join(scratch, 'sample')
const project = join(scratch, 'project')
galaxyDesk('sample', sample, '--galaxies', String(GALAXIES), '--seed', String(SEED))
galaxyDesk('init', project, '--tree', 'gz2')
galaxyDesk('import', project, '--table', join(sample, 'sample', 'galaxies.csv'), '--images', join(sample, 'sample', 'images'))
galaxyDesk('split', project, '--test', '0.2', '--initial', 'all', '--seed', '1')
const card = JSON.parse(galaxyDesk('train', project, '--model', 'w20-cnn-tree', '--size', '64', '--seed', '1', '--json'))
galaxyDesk('predict', project)
process.stdout.write(galaxyDesk('measure', project))

cpSync(join(project, 'models', card.id, 'weights.safetensors'), join(target, 'weights.safetensors'), { recursive: true })
const bytes = statSync(join(target, 'weights.safetensors')).size
if (bytes > MOST_BYTES) throw new Error(`the weights have ${bytes} bytes, more than ${MOST_BYTES}`)
writeFileSync(join(target, 'card.json'), `${JSON.stringify({ ...card, id: MODEL }, null, 1)}\n`)
rmSync(scratch, { recursive: true })
console.log(`resources/sample-model: ${bytes} bytes, ${JSON.parse(readFileSync(join(target, 'card.json'), 'utf8')).trainingGalaxies} galaxies`)
