import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

test('while the port of the last time is taken a free one serves, and the next start has the old one again', async () => {
  const port = await startOnce()
  const running = await serveAtLastPort(new Hono())
  const beside = await startOnce()
  running.close()
  expect(beside).not.toBe(port)
  expect(await startOnce()).toBe(port)
})

test.each(['', 'port', '80', '70000', '-1'])('what is no port that a user may open, "%s", is as good as nothing', async (text) => {
  await startOnce()
  writeFileSync(join(folder, 'data', 'port'), text)
  expect(Number(await startOnce())).toBeGreaterThanOrEqual(1024)
})
