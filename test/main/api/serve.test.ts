import { once } from 'node:events'
import { request, type IncomingHttpHeaders } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '@main/api/app'
import { serveLocally, type LocalServer } from '@main/api/serve'
import { newClient, ownFolder } from './support'

let server: LocalServer
let port: number
let token: string
beforeEach(async () => {
  ownFolder()
  server = await serveLocally(createApp(newClient().desk), 0)
  const url = new URL(server.url)
  port = Number(url.port)
  token = url.searchParams.get('token')!
})
afterEach(() => server.close())

type Reply = { status: number; headers: IncomingHttpHeaders; text: string }

/** Over a real socket, with headers that `fetch` would not let us forge. An endless body is cut off after its head. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const reply = (text: string) => ({ status: response.statusCode!, headers: response.headers, text })
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        resolve(reply(''))
        response.destroy()
        return
      }
      let text = ''
      response.setEncoding('utf8').on('data', (data) => (text += data))
      response.on('end', () => resolve(reply(text)))
    })
    sent.on('error', reject).end()
  })
}

async function signIn(): Promise<string> {
  const { headers } = await ask(`/?token=${token}`)
  return headers['set-cookie']![0]!.split(';')[0]!
}

describe('the local server', () => {
  it('refuses a request without the token or with another one', async () => {
    for (const path of ['/', '/api/status', '/api/events', '/api/galaxies/1/image', '/?token=', `/?token=${'A'.repeat(token.length)}`])
      expect((await ask(path)).status, path).toBe(401)
    expect((await ask('/api/jobs', {}, 'POST')).status).toBe(401)
    expect((await ask('/', { cookie: `galaxy-desk-${port}=${token}` })).status).toBe(401)
  })

  it('turns the token into a cookie that scripts and other sites cannot use', async () => {
    const { status, headers } = await ask(`/?token=${token}`)
    expect([status, headers.location]).toEqual([302, '/'])
    const cookie = headers['set-cookie']![0]!
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Strict/)
    expect(cookie).not.toContain(token)
    expect((await ask('/api/trees', { cookie: cookie.split(';')[0]! })).status).toBe(200)
  })

  it('takes the token once', async () => {
    const cookie = await signIn()
    expect((await ask(`/?token=${token}`)).status).toBe(401)
    // The printed address in a browser that is signed in already leads to the window all the same.
    expect((await ask(`/?token=${token}`, { cookie })).headers.location).toBe('/')
  })

  it('refuses a host name that another site could point at this machine', async () => {
    const cookie = await signIn()
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`])
      expect((await ask('/api/trees', { cookie, host })).status, host).toBe(403)
    expect((await ask('/api/trees', { cookie, host: `localhost:${port}` })).status).toBe(200)
  })

  it('refuses what another page sends, even with our cookie', async () => {
    const cookie = await signIn()
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}`]) {
      expect((await ask('/api/trees', { cookie, origin })).status, origin).toBe(403)
      expect((await ask('/api/events', { cookie, origin })).status, origin).toBe(403)
    }
    expect((await ask('/api/trees', { cookie, origin: `http://127.0.0.1:${port}` })).status).toBe(200)
    expect((await ask('/api/events', { cookie })).status).toBe(200)
  })

  it('opens no WebSocket', async () => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    }
    expect((await ask('/api/events', upgrade)).status).toBe(401)
    expect((await ask('/', { ...upgrade, origin: 'https://evil.example' })).status).toBe(403)
  })

  it('answers errors of the handler as the handler does', async () => {
    const cookie = await signIn()
    const { status, text } = await ask('/api/queue?annotator=ada', { cookie })
    expect([status, JSON.parse(text)]).toEqual([409, { code: 'project/none', message: expect.any(String) }])
  })

  it('listens on loopback only', async () => {
    const outside = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
    )
    for (const { address } of outside) {
      const socket = connect({ host: address, port, timeout: 2_000 })
      const [event] = (await Promise.race([
        once(socket, 'connect').then(() => ['connected']),
        once(socket, 'error'),
        once(socket, 'timeout'),
      ]).catch((error: unknown) => [error])) as unknown[]
      socket.destroy()
      expect(event, address).not.toBe('connected')
    }
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
  })

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = (other.address() as AddressInfo).port
    await expect(serveLocally(createApp(newClient().desk), taken)).rejects.toMatchObject({
      code: 'serve/port-taken',
      message: expect.stringContaining(String(taken)),
    })
    other.close()
  })

  it('ends open event streams when it closes', async () => {
    const cookie = await signIn()
    const sent = request({ host: '127.0.0.1', port, path: '/api/events', headers: { cookie } }).end()
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    response.resume()
    const ended = once(response, 'close').catch((error: unknown) => error)
    response.on('error', () => undefined)
    server.close()
    await ended
    await expect(ask('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
