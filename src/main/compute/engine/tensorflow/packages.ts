import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The `require` of this project: addons and CommonJS files that must not enter the bundle are loaded with it. */
export const projectRequire = createRequire(import.meta.url)

/** The folder of an installed npm package. */
export const packageFolder = (name: string) => dirname(projectRequire.resolve(`${name}/package.json`))

export const bindingPackage = '@tensorflow/tfjs-node-gpu'

/** Version of the package whose C++ we compile and whose JavaScript calls it: the two must be of one release. */
export function bindingVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(bindingPackage), 'package.json'), 'utf8')) as { version: string }
  return version
}
