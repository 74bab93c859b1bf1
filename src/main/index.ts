/** @file The application in Electron. */
import { app, BrowserWindow, dialog, ipcMain, protocol, shell, utilityProcess } from 'electron'
import { runShell } from './shell/run-shell'

// Not awaited: Electron is ready only after this module has been evaluated.
runShell({ app, BrowserWindow, dialog, ipcMain, protocol, shell, utilityProcess }, () => {
  // The launcher waits for this line before it gives up on Electron.
  if (process.env.GALAXY_DESK_SIGNAL) console.log('galaxy-desk:ready')
}).catch((error: unknown) => {
  console.error(error)
  app.exit(1)
})
