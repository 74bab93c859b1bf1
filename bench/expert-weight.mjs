/**
 * What weight an expert's answer should have: node bench/expert-weight.mjs [REPEATS] [ENCODER.safetensors]. Takes some twelve
 * minutes of processor time; the encoder is kept in the file, if one is named, for the next run. Prints the tables of docs/decisions/0005-weight-of-an-expert.md.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const [repeats = '5', encoder = null] = process.argv.slice(2)
const alias = { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') }
// The engines are imported when they are tried, so the sources have to stay at hand while the bench runs.
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  resolve: { alias },
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, ws: false },
})
const { run } = await server.ssrLoadModule('/bench/expert-weight/scenarios.ts')
const { tables } = await server.ssrLoadModule('/bench/expert-weight/tables.ts')
const rows = await run(Number(repeats), encoder, (text) => process.stderr.write(`${text}\n`))
process.stdout.write(tables(rows))
await server.close()
