import { contextBridge, ipcRenderer } from 'electron'

/** Native dialogs, nothing else: everything the window does goes through the request handler. */
const desk = {
  pickFolder: (): Promise<string | null> => ipcRenderer.invoke('pick-folder'),
  pickFile: (): Promise<string | null> => ipcRenderer.invoke('pick-file'),
}

contextBridge.exposeInMainWorld('desk', desk)
