/** Runs a bench from source: node bench/run.mjs NAME [ARGUMENT ...]. It prints one JSON document. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const [name, ...rest] = process.argv.slice(2)
if (!name) {
  process.stderr.write('Give the name of a bench: node bench/run.mjs import-million\n')
  process.exit(2)
}
const alias = { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') }
const { module } = await runnerImport(join(root, 'bench', `${name}.ts`), { root, configFile: false, logLevel: 'error', resolve: { alias } })
process.stdout.write(`${JSON.stringify(await module.run(root, ...rest), null, 2)}\n`)
