// Runs one module of src/main in a process of its own, from source: node source-process.mjs MODULE FUNCTION JSON-ARGUMENTS.
// Prints the function's progress as lines and its answer as the last line, `{ "answer" }` or `{ "code", "message" }`.
import { resolve } from 'node:path'
import { createServer } from 'vite'

const [module, name, json] = process.argv.slice(2)
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { alias: { '@shared': resolve('src/shared'), '@main': resolve('src/main') } },
})
const { [name]: run } = await server.ssrLoadModule(resolve('src/main', module))
const write = (line) => process.stdout.write(`${line}\n`)
const withProgress = (argument) => (argument !== null && typeof argument === 'object' ? { ...argument, onProgress: write } : argument)
try {
  write(JSON.stringify({ answer: await run(...JSON.parse(json).map(withProgress)) }))
} catch (error) {
  write(JSON.stringify({ code: error.code, message: error.message }))
}
await server.close()
process.exit(0)
