import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Hono } from 'hono'
import { serveAtLastPort } from '@main/api/serve-again'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'galaxy-desk-port-'))
  vi.stubEnv('GALAXY_DESK_DATA', join(folder, 'data'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

async function startOnce(): Promise<string> {
  const server = await serveAtLastPort(new Hono())
  server.close()
  return new URL(server.url).port
}

test('the second start has the port of the first, with another token', async () => {
  const first = await serveAtLastPort(new Hono())
  first.close()
  const second = await serveAtLastPort(new Hono())
  second.close()
  expect(new URL(second.url).port).toBe(new URL(first.url).port)
  expect(second.url).not.toBe(first.url)
})

test('a port that another program has taken is left to it', async () => {
  const port = await startOnce()
  const other = createServer().listen(Number(port), '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const now = await startOnce()
  other.close()
  expect(now).not.toBe(port)
  expect(readFileSync(join(folder, 'data', 'port'), 'utf8')).toBe(now)
})

test.each(['', 'port', '80', '70000', '-1'])('what is no port that a user may open, "%s", is as good as nothing', async (text) => {
  await startOnce()
  writeFileSync(join(folder, 'data', 'port'), text)
  expect(Number(await startOnce())).toBeGreaterThanOrEqual(1024)
})
