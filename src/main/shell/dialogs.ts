import type { BrowserWindow, IpcMainInvokeEvent, OpenDialogOptions } from 'electron'
import type { ElectronParts } from './electron'
import { ORIGIN } from './window'

/** Native dialogs for the window, the only thing it asks for outside the handler. Answers with a path, or null when cancelled. */
export function answerDialogs({ ipcMain, dialog }: ElectronParts, window: BrowserWindow): void {
  const pick = (options: OpenDialogOptions) => async (event: IpcMainInvokeEvent) => {
    if (!event.senderFrame?.url.startsWith(`${ORIGIN}/`)) throw new Error('dialogs are for our own window only')
    const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
    return canceled ? null : (filePaths[0] ?? null)
  }
  ipcMain.handle('pick-folder', pick({ properties: ['openDirectory', 'createDirectory'] }))
  ipcMain.handle('pick-file', pick({ properties: ['openFile'] }))
}
