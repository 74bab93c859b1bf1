import { beforeEach, expect, test } from 'vitest'
import { errorOf, newClient, ownFolder, surveyOnDisk, type Client } from './support'

let client: Client
beforeEach(async () => {
  const folder = ownFolder()
  client = newClient()
  await client.desk.open(await surveyOnDisk(folder, { count: 2 }))
})

test('a thumbnail is a JPEG, and is not sent again while the file is the same', async () => {
  const first = await client.fetch('/api/galaxies/1/thumbnail?size=64')
  expect([first.status, first.headers.get('content-type'), first.headers.get('x-content-type-options')]).toEqual([
    200,
    'image/jpeg',
    'nosniff',
  ])
  expect((await first.arrayBuffer()).byteLength).toBeGreaterThan(100)
  const again = (size: number) =>
    client.fetch(`/api/galaxies/1/thumbnail?size=${size}`, { headers: { 'if-none-match': first.headers.get('etag')! } })
  expect((await again(64)).status).toBe(304)
  expect((await again(300)).status).toBe(200)
})

test('a size that no gallery has and a galaxy that is not there are refused', async () => {
  for (const size of ['0', '513', 'x'])
    expect(errorOf(await client.get(`/api/galaxies/1/thumbnail?size=${size}`)), size).toEqual({ status: 400, code: 'request/invalid' })
  expect(errorOf(await client.get('/api/galaxies/99/thumbnail'))).toEqual({ status: 404, code: 'galaxy/unknown' })
})
