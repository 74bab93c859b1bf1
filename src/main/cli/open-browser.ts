import { spawn } from 'node:child_process'

/** Opens the address in the system's browser; false where there is no screen for one. A browser that does not start is no error: the address is printed too. */
export function openBrowser(url: string): boolean {
  const isLinux = process.platform !== 'darwin' && process.platform !== 'win32'
  if (isLinux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false
  const [command, ...args] = opener(url)
  const child = spawn(command!, args, { detached: true, stdio: 'ignore', windowsHide: true })
  child.once('error', () => undefined)
  child.unref()
  return true
}

function opener(url: string): string[] {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return ['xdg-open', url]
}
