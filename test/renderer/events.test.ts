import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ServerEvent } from '@shared/contract/events'
import { eventReader, listenToServer } from '@renderer/events'

const text = 'event: alive\ndata: \n\ndata: {"kind":"project:changed"}\n\n: a comment\n\ndata: {"kind":\ndata: "project:changed"}\n\n'

describe('server-sent events', () => {
  test.each([1, 2, 7, 1000])('are the same however the stream is cut, here after every %i characters', (length) => {
    const events: ServerEvent[] = []
    const read = eventReader((event) => events.push(event))
    for (let at = 0; at < text.length; at += length) read(text.slice(at, at + length))
    expect(events).toEqual([{ kind: 'project:changed' }, { kind: 'project:changed' }])
  })
  test('an event that is not in the contract is refused', () => {
    expect(() => eventReader(() => undefined)('data: {"kind":"galaxy:exploded"}\n\n')).toThrow()
  })
})

describe('the connection', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is opened again after the stream ends, and the window learns of both', async () => {
    const seen: (boolean | string)[] = []
    vi.stubGlobal('fetch', async () => new Response('data: {"kind":"project:changed"}\n\n'))
    const again = new Promise<void>((resolve) => {
      const stop = listenToServer(
        {
          onEvent: ({ kind }) => seen.push(kind),
          onConnection: (isOpen) => {
            seen.push(isOpen)
            if (seen.filter((entry) => entry === true).length < 2) return
            stop()
            resolve()
          },
        },
        1,
      )
    })
    await again
    expect(seen.slice(0, 4)).toEqual([true, 'project:changed', false, true])
  })
})
