import { join } from 'node:path'
import { createApp } from '@main/api/app'
import { packageRoot } from '@main/paths'
import { createDesk } from '@main/services/desk'
import { engineFromEnvironment } from '@main/services/engine-choice'
import { answerDialogs } from './dialogs'
import type { ElectronParts } from './electron'
import { forkElectron } from './fork-electron'
import { declareScheme, serveScheme } from './protocol'
import { openWindow } from './window'

/** The application in Electron: one instance, one window, the handler behind `app://`. `onReady` is called once the page has loaded. */
export async function runShell(electron: ElectronParts, onReady: () => void): Promise<void> {
  const { app } = electron
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  declareScheme(electron)
  await app.whenReady()
  const desk = createDesk({ fork: () => forkElectron(electron), engine: engineFromEnvironment() })
  const handler = createApp(desk)
  serveScheme(electron, (request) => handler.fetch(request))
  const window = openWindow(electron, join(packageRoot(), 'out', 'preload', 'index.cjs'))
  answerDialogs(electron, window)
  window.webContents.once('did-finish-load', onReady)
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('window-all-closed', () => {
    void desk.close().finally(() => app.quit())
  })
  await desk.openAtStart()
}
