import { join } from 'node:path'
import { build } from 'vite'

/**
 * Bundles one entry of the main process, such as `catalogue-thread/entry.ts`, as the application's build does, and returns the built file. It lies
 * under out/, where the packages it imports are found; the application's own build is not touched.
 */
export async function buildEntry(root: string, entry: string): Promise<string> {
  const name = entry.replace(/^.*\/|\.ts$/g, '')
  const outDir = join(root, 'out', 'entries', `${name}-${process.pid}`)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') } },
    build: { ssr: join(root, 'src/main', entry), outDir, emptyOutDir: true, target: 'node22', minify: false },
  })
  return join(outDir, `${name}.js`)
}
