import type { BrowserWindow } from 'electron'
import type { ElectronParts } from './electron'

export const ORIGIN = 'app://galaxy-desk'

/** The window: isolated, sandboxed, shows nothing but our own origin; other links open in the system's browser. */
export function openWindow({ BrowserWindow, shell }: ElectronParts, preloadPath: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 920,
    minWidth: 900,
    minHeight: 600,
    backgroundColor: '#0b0d12',
    show: false,
    webPreferences: { preload: preloadPath, contextIsolation: true, sandbox: true, nodeIntegration: false },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url)
    return { action: 'deny' }
  })
  window.webContents.on('will-navigate', (event, url) => {
    if (!url.startsWith(`${ORIGIN}/`)) event.preventDefault()
  })
  void window.loadURL(`${ORIGIN}/`)
  return window
}
