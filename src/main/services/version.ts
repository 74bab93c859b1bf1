import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '@main/paths'

export function programVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))).version
}

/** The version of an installed package, null when it is not there. Reads its package.json: some packages must not be loaded to be asked. */
export function packageVersion(name: string): string | null {
  try {
    return z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(packageRoot(), 'node_modules', name, 'package.json'), 'utf8'))).version
  } catch {
    return null
  }
}
