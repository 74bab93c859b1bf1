import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createKept } from '@main/search/kept'
import { numberIn } from '@main/search/metadata-read'

const size = (value: string) => value.length

describe('what is kept', () => {
  test('goes when there is no more room, what was not asked for the longest first', async () => {
    const kept = createKept(10)
    const made: string[] = []
    const get = (name: string, bytes: number, stamp = '1') =>
      kept.get(name, stamp, size, () => {
        made.push(name)
        return 'x'.repeat(bytes)
      })
    await get('a', 4)
    await get('b', 4)
    await get('a', 4)
    await get('c', 4)
    expect(kept.bytes).toBe(8)
    await get('a', 4)
    expect(made).toEqual(['a', 'b', 'c'])
    await get('b', 4)
    expect(made).toEqual(['a', 'b', 'c', 'b'])
  })

  test('is handed out even where it is larger than all the room', async () => {
    const kept = createKept(10)
    expect(await kept.get('a', '1', size, () => 'x'.repeat(50))).toHaveLength(50)
    expect(await kept.get('b', '1', size, () => 'y')).toBe('y')
    expect(kept.bytes).toBe(1)
  })

  test('is made once for all who ask at once, and from the last one when its stamp changes', async () => {
    const kept = createKept(100)
    const handed: (string | null)[] = []
    const make = async (before: string | null) => {
      handed.push(before)
      await setTimeout(5)
      return `${before ?? ''}+`
    }
    const ask = (stamp: string) => kept.get('a', stamp, size, make)
    expect(await Promise.all([ask('1'), ask('1'), ask('2'), ask('2')])).toEqual(['+', '+', '++', '++'])
    expect(await ask('2')).toBe('++')
    expect(handed).toEqual([null, '+'])
  })

  test('is made again after it failed', async () => {
    const kept = createKept(100)
    await expect(kept.get('a', '1', size, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await kept.get('a', '1', size, () => 'x')).toBe('x')
  })
})

describe('a cell of an imported column', () => {
  test.each([
    ['12', 12],
    [' -0.5e3 ', -500],
    ['0266', 266],
    ['.5', 0.5],
    ['NaN', NaN],
    ['masked', NaN],
    ['--', NaN],
    ['', NaN],
    ['123456789012345', 123456789012345],
    ['123456789012345.0', 123456789012345],
    ['587732577775321091', null],
    ['587732591714893851.0', null],
    ['-587732591714893851.', null],
    ['2458849.5', 2458849.5],
    ['inf', NaN],
    ['-Inf', NaN],
    ['+INFINITY', NaN],
    ['info', null],
    ['1e400', null],
    ['0x1F', null],
    ['12:30', null],
    ['SDSS', null],
  ])('%o is %o', (cell, number) => expect(numberIn(cell)).toBe(number))
})
