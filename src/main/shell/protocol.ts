import type { ElectronParts } from './electron'
import { ORIGIN } from './window'

/** Must run before the application is ready. `stream` lets server-sent events through, `secure` gives the page a trusted origin. */
export function declareScheme({ protocol }: ElectronParts): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
}

/** Hands every `app://galaxy-desk/…` request to the one handler; another host of the scheme is refused. */
export function serveScheme({ protocol }: ElectronParts, handler: (request: Request) => Response | Promise<Response>): void {
  protocol.handle('app', (request) => {
    if (!request.url.startsWith(`${ORIGIN}/`)) return new Response(null, { status: 404 })
    return handler(request)
  })
}
