import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { packageRoot } from '@main/paths'
import { newClient, ownFolder, type Client } from './support'

const built = join(packageRoot(), 'out', 'renderer')

let client: Client
beforeEach(() => {
  ownFolder()
  client = newClient()
})

describe.skipIf(!existsSync(join(built, 'index.html')))('the built window', () => {
  it('is served under a policy that lets nothing but our own files run', async () => {
    const response = await client.fetch('/')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(readFileSync(join(built, 'index.html'), 'utf8'))
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const policy = response.headers.get('content-security-policy')!.split('; ')
    expect(policy).toEqual(expect.arrayContaining(["default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]))
    expect(policy.filter((rule) => /script|unsafe-eval|\*/.test(rule))).toEqual([])
  })

  it('names scripts and styles by their content, so they are kept', async () => {
    const names = readdirSync(join(built, 'assets')).filter((name) => /\.(js|css)$/.test(name))
    expect(names.length).toBeGreaterThan(1)
    for (const name of names) {
      const response = await client.fetch(`/assets/${name}`)
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'max-age=31536000, immutable'])
      expect(response.headers.get('content-type')).toMatch(/^text\/(javascript|css)/)
    }
  })
})

describe('outside the folder of the window', () => {
  it.each([
    '/../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/src/renderer/index.html',
    '/..%2f..%2fsrc%2frenderer%2findex.html',
    '/assets/..%2f..%2f..%2fsrc%2frenderer%2findex.html',
    '/..%5c..%5csrc%5crenderer%5cindex.html',
    '//etc/passwd',
    '/index.html%00.js',
    '/%',
    '/assets',
    '/nothing.js',
  ])('%s finds nothing', async (path) => {
    expect((await client.fetch(path)).status).toBe(404)
  })
})
