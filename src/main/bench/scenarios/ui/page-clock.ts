/** What the Label view shows once a key has had its effect. `imageMs`: null where the key did not finish its galaxy. */
export type Settled = { readonly galaxy: string; readonly answers: number; readonly tickMs: number; readonly imageMs: number | null }

export type PageClock = {
  /** Once what the latest key did is committed and painted: the tick, and the next galaxy's image where the galaxy is done. */
  settled: () => Promise<Settled>
  /** How many galaxies the list on screen has, as it says it. */
  found: () => string
  /** The time from the latest key or click to the rows of a list that has another number of galaxies than `before`, '' for any. */
  rowsPainted: (before: string) => Promise<number>
  /** The time from putting the bar of a list at `share` of its length to the rows that belong there. */
  jump: (testId: string, share: number) => Promise<number>
  /** Begins to note the times between frames. */
  watchFrames: () => void
  /** Ends it, and gives them. */
  frames: () => number[]
}

declare global {
  var benchClock: PageClock
}

/**
 * [Note: The page's clock] Runs in the page, before anything of the page does. A time begins with `timeStamp` of the key's or the click's event, when
 * the browser got it, and ends when what it led to is painted: it is in the document, an image decoded, and two animation frames have begun since. The
 * first one's callback runs before that frame is drawn, the second one's after it was handed over. So up to two frames of waiting for the screen (33 ms
 * at 60 Hz) are part of every time; what the screen takes after that is not.
 * The renderTime that Element Timing gives of the same images lies within 4 ms of it (median 56 against 60 ms on a busy machine).
 * This function is sent to the page as text: it must use nothing from outside itself.
 */
export function installPageClock(): void {
  type Pressed = {
    at: number
    address: string | null
    uuid: string | null
    question: string
    image: Promise<number> | null
    tick: Promise<number> | null
  }
  let pressed: Pressed = { at: 0, address: null, uuid: null, question: '', image: null, tick: null }

  const one = (testId: string, below = '') => document.querySelector<HTMLElement>(`[data-testid="${testId}"] ${below}`)
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  async function painted(since: number): Promise<number> {
    await frame()
    await frame()
    return performance.now() - since
  }

  const picture = () => one('view-1', 'img') as HTMLImageElement | null
  const address = () => picture()?.getAttribute('src') ?? null
  const uuid = () => one('saved')?.dataset.uuid ?? null
  /** Galaxies may begin with the same question, but not with the same image. */
  const question = () => `${address()} ${one('question')?.dataset.question}`
  const answers = () => document.querySelectorAll('button[data-answer]').length

  async function imagePainted(since: number): Promise<number> {
    const [seenMs] = await Promise.all([painted(since), picture()!.decode()])
    return Math.max(seenMs, performance.now() - since)
  }
  function onChange(): void {
    if (uuid() !== null && uuid() !== pressed.uuid) pressed.tick ??= painted(pressed.at)
    if (address() !== null && address() !== pressed.address) pressed.image ??= imagePainted(pressed.at)
  }
  const options = { subtree: true, childList: true, attributes: true, attributeFilter: ['src', 'data-uuid'] }
  new MutationObserver(onChange).observe(document, options)
  function onPress({ timeStamp }: Event): void {
    pressed = { at: timeStamp, address: address(), uuid: uuid(), question: question(), image: null, tick: null }
  }
  for (const name of ['keydown', 'pointerdown']) document.addEventListener(name, onPress, { capture: true })

  let frames: number[] = []
  let isWatching = false
  async function watch(): Promise<void> {
    let before = await frame()
    while (isWatching) {
      const now = await frame()
      frames.push(now - before)
      before = now
    }
  }

  const found = () => one('found', 'strong')?.textContent?.trim() ?? ''
  const cells = () => [...document.querySelectorAll<HTMLElement>('[data-place]')]
  const isLoading = (cell: HTMLElement) => /, loading$|…$/.test(cell.getAttribute('aria-label') ?? cell.textContent ?? '')
  const hasRows = () => cells().length > 0 && !cells().some(isLoading)

  globalThis.benchClock = {
    async settled() {
      const key = pressed
      while (key.tick === null) await frame()
      const tickMs = await key.tick
      // The next galaxy may have to be asked for; at the end of the queue there is none.
      while ((answers() === 0 || question() === key.question) && one('galaxy-id') !== null) await frame()
      return { galaxy: one('galaxy-id')?.textContent ?? '', answers: answers(), tickMs, imageMs: await key.image }
    },
    found,
    async rowsPainted(before) {
      while (found() === before || !hasRows()) await frame()
      return painted(pressed.at)
    },
    async jump(testId, share) {
      const view = one(testId)!
      const startedAt = performance.now()
      view.scrollTop = share * (view.scrollHeight - view.clientHeight)
      await frame()
      while (!hasRows()) await frame()
      return painted(startedAt)
    },
    watchFrames() {
      frames = []
      isWatching = true
      void watch()
    },
    frames() {
      isWatching = false
      return frames
    },
  }
}
