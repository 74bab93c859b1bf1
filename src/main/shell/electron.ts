import type * as Electron from 'electron'

/** The parts of Electron that the shell uses: the real ones in src/main/index.ts, a typed stand-in in tests. */
export type ElectronParts = Pick<typeof Electron, 'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'protocol' | 'shell' | 'utilityProcess'>
