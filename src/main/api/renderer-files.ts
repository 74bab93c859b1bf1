import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import type { Handler } from 'hono'
import { packageRoot } from '@main/paths'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
}
/** Nothing but our own files runs or loads in the window. Vue binds styles inline. */
const POLICY =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The built window. */
export function rendererFiles(): Handler {
  const folder = join(packageRoot(), 'out', 'renderer')
  return async (c) => {
    const asked = c.req.path === '/' ? 'index.html' : decoded(c.req.path)
    if (asked === null) return c.notFound()
    const path = join(folder, normalize(`/${asked}`))
    const type = TYPES[extname(path)]
    const body = type === undefined ? null : await readFile(path).catch(() => null)
    if (type === undefined || body === null) return c.notFound()
    const cache = extname(path) === '.html' ? 'no-store' : 'max-age=31536000, immutable'
    return c.body(new Uint8Array(body), 200, {
      'content-type': type,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': cache,
    })
  }
}

/** Null when it is no percent-encoded text, such as `/%`. */
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
