/** What the preload script gives the window in Electron. In a browser it is absent, and paths are picked from the server's folder list. */
export type Desk = {
  pickFolder: () => Promise<string | null>
  pickFile: () => Promise<string | null>
}

declare global {
  // An interface, because only interfaces merge with the DOM's own.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface Window {
    readonly desk?: Desk
  }
}
