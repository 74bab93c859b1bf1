import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

/** Browsers share cookies between the ports of one host: each server has its own name. */
const cookieName = (port: number) => `galaxy-desk-${port}`

/** A secret for one start of the server, put into the address that is printed. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const refuse = (c: Context, status: 401 | 403, message: string) => c.json({ code: 'server/refused', message }, status)

/**
 * [Note: Who may talk to the server] Loopback is reachable by every page that a browser on this machine shows. So: the Host must be ours
 * (against DNS rebinding), an Origin, when sent, must be ours (against other pages), and the first request must carry the token that was
 * printed. The token works once: it becomes a cookie that scripts cannot read and other sites do not send, and leaves the address bar.
 */
export function guard(token: string, port: () => number): MiddlewareHandler {
  const session = newToken()
  let isTokenSpent = false
  return async (c, next) => {
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`]
    if (!hosts.includes(c.req.header('host') ?? '')) return refuse(c, 403, 'Unknown host.')
    const origin = c.req.header('origin')
    if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`))
      return refuse(c, 403, 'Requests from other pages are refused.')
    const offered = c.req.query('token')
    if (offered !== undefined && !isTokenSpent && isSame(offered, token)) {
      isTokenSpent = true
      setCookie(c, cookieName(port()), session, { httpOnly: true, sameSite: 'Strict', path: '/' })
      return c.redirect('/')
    }
    const cookie = getCookie(c, cookieName(port()))
    if (cookie !== undefined && isSame(cookie, session)) {
      if (offered !== undefined) return c.redirect('/')
      return next()
    }
    // A page of an earlier start, or another browser.
    const what = cookie === undefined ? '' : 'Galaxy Desk was started again since this page was opened. '
    return refuse(c, 401, `${what}Open the address that galaxy-desk printed when it started; it works once. Start it again for a new one.`)
  }
}
