import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { IpcMainInvokeEvent, OpenDialogOptions } from 'electron'
import type { ElectronParts } from '@main/shell/electron'

type Handler = (request: Request) => Response | Promise<Response>
type Invoked = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown

/** What a test sees and does of the stand-in: as the user, the page, or the system. */
export type StandIn = {
  electron: ElectronParts
  log: string[]
  schemes: unknown[]
  windows: StandInWindow[]
  externals: string[]
  dialogs: OpenDialogOptions[]
  pickedPaths: string[]
  children: ChildProcess[]
  becomeReady: () => void
  emit: (event: string) => void
  /** A request of the page to its scheme. */
  fetch: (url: string) => Promise<Response>
  invoke: (channel: string, frameUrl: string | null) => Promise<unknown>
  hasQuit: Promise<void>
}

/** A window without a screen. */
export class StandInWindow extends EventEmitter {
  readonly webContents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: (details: { url: string }) => { action: string }) => (this.openHandler = handler),
  })
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  url = ''
  isShown = false
  isFocused = false
  minimized = false

  constructor(readonly options: Electron.BrowserWindowConstructorOptions) {
    super()
  }
  loadURL = async (url: string) => void (this.url = url)
  show = () => void (this.isShown = true)
  focus = () => void (this.isFocused = true)
  isMinimized = () => this.minimized
  isDestroyed = () => false
  restore = () => void (this.minimized = false)
}

/**
 * The parts of Electron that the shell uses, without a screen: it notes what it is asked, quits by Electron's rules (`before-quit` may be
 * prevented), and forks utility processes as real Node processes that keep to Electron's manner of messages.
 */
export function standIn({ isFirst = true } = {}): StandIn {
  const log: string[] = []
  const app = new EventEmitter()
  let becomeReady: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    becomeReady = () => {
      log.push('ready')
      resolve()
    }
  })
  let quit: () => void = () => undefined
  const hasQuit = new Promise<void>((resolve) => (quit = resolve))
  let handler: Handler | null = null
  const invoked = new Map<string, Invoked>()
  const it: StandIn = {
    log,
    schemes: [],
    windows: [],
    externals: [],
    dialogs: [],
    pickedPaths: [],
    children: [],
    becomeReady: () => becomeReady(),
    emit: (event) => void app.emit(event, { preventDefault: () => undefined }),
    fetch: async (url) => handler!(new Request(url)),
    invoke: async (channel, url) => invoked.get(channel)!({ senderFrame: url === null ? null : { url } } as IpcMainInvokeEvent),
    hasQuit,
    electron: {
      app: Object.assign(app, {
        requestSingleInstanceLock: () => isFirst,
        whenReady: () => ready,
        quit: () => {
          let isPrevented = false
          app.emit('before-quit', { preventDefault: () => (isPrevented = true) })
          if (isPrevented) return
          log.push('quit')
          quit()
        },
      }),
      BrowserWindow: class extends StandInWindow {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(options)
          it.windows.push(this)
        }
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: unknown[]) => {
          log.push('scheme declared')
          it.schemes.push(...schemes)
        },
        handle: (scheme: string, given: Handler) => {
          log.push(`scheme ${scheme} served`)
          handler = given
        },
      },
      ipcMain: { handle: (channel: string, given: Invoked) => void invoked.set(channel, given) },
      dialog: {
        showOpenDialog: async (_window: unknown, options: OpenDialogOptions) => {
          it.dialogs.push(options)
          return { canceled: it.pickedPaths.length === 0, filePaths: it.pickedPaths }
        },
      },
      shell: { openExternal: async (url: string) => void it.externals.push(url) },
      utilityProcess: {
        fork: (path: string) => {
          const child = fork(path, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
          it.children.push(child)
          return Object.assign(child, { postMessage: (message: object) => void (child.connected && child.send(message)) })
        },
      },
    } as unknown as ElectronParts,
  }
  return it
}
