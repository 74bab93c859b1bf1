import { serverEventSchema, type ServerEvent } from '@shared/contract/events'

export type Listener = { onEvent: (event: ServerEvent) => void; onConnection: (isOpen: boolean) => void }

/**
 * The events of a server-sent stream, as its text arrives in any pieces. Comments and keep-alive lines give none.
 * Returns a function that takes the next piece.
 */
export function eventReader(onEvent: (event: ServerEvent) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).replaceAll('\r\n', '\n').split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line.startsWith('data:'))
      const data = lines.map((line) => line.slice('data:'.length).trimStart()).join('\n')
      if (data !== '') onEvent(serverEventSchema.parse(JSON.parse(data)))
    }
  }
}

async function readStream(signal: AbortSignal, { onEvent, onConnection }: Listener): Promise<void> {
  const response = await fetch('/api/events', { signal, headers: { accept: 'text/event-stream' } })
  if (!response.ok || !response.body) throw new Error(`the event stream answered ${response.status}`)
  onConnection(true)
  const read = eventReader(onEvent)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read(piece.value)
}

/**
 * Listens to the server until the returned function is called. A stream that ends is opened again after `retryMs`.
 * Read with fetch, not EventSource: Electron's own protocol streams a fetch, and the browser's limit of connections treats both alike.
 */
export function listenToServer(listener: Listener, retryMs = 1000): () => void {
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const connect = async () => {
    try {
      await readStream(stop.signal, listener)
    } catch (error) {
      if (!stop.signal.aborted) console.warn('events:', error) // eslint-disable-line no-console
    }
    if (stop.signal.aborted) return
    listener.onConnection(false)
    timer = setTimeout(() => void connect(), retryMs)
  }
  void connect()
  return () => {
    stop.abort()
    clearTimeout(timer)
  }
}
