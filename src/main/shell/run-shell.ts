import { join } from 'node:path'
import { createApp } from '@main/api/app'
import { packageRoot } from '@main/paths'
import { createDesk } from '@main/services/desk'
import { answerDialogs } from './dialogs'
import type { ElectronParts } from './electron'
import { forkElectron } from './fork-electron'
import { declareScheme, serveScheme } from './protocol'
import { openWindow } from './window'

/**
 * The application in Electron: one instance, one window, the handler behind `app://`. `onReady` is called once the user sees a window: the
 * page has loaded, or the window of the instance that runs already has come to the front.
 */
export async function runShell(electron: ElectronParts, onReady: () => void): Promise<void> {
  const { app } = electron
  if (!app.requestSingleInstanceLock()) {
    onReady()
    app.quit()
    return
  }
  declareScheme(electron)
  await app.whenReady()
  const desk = createDesk({ fork: () => forkElectron(electron) })
  const handler = createApp(desk)
  serveScheme(electron, (request) => handler.fetch(request))
  const window = openWindow(electron, join(packageRoot(), 'out', 'preload', 'index.cjs'))
  answerDialogs(electron, window)
  window.webContents.once('did-finish-load', onReady)
  app.on('second-instance', () => {
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  // Every way out passes here: the last window, the menu, a signal. Jobs write their checkpoints first.
  let isDeskClosed = false
  app.on('before-quit', (event) => {
    if (isDeskClosed) return
    event.preventDefault()
    void desk.close().finally(() => {
      isDeskClosed = true
      app.quit()
    })
  })
  app.on('window-all-closed', () => app.quit())
  await desk.openAtStart()
}
