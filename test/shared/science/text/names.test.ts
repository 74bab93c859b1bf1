import { describe, expect, it } from 'vitest'
import { likelyNames } from '@shared/science/text/names'

const names = ['bar_strong', 'bar_weak', 'bar_no', 'ra', 'dec', 'petro r90', 'redshift']

describe('the names that were likely meant', () => {
  it('are those a letter or two away, then those that hold it, the nearest first', () => {
    expect(likelyNames('bar_strog', names, 3)).toEqual(['bar_strong'])
    expect(likelyNames('red_shift', names, 3)).toEqual(['redshift'])
    expect(likelyNames('bar', names, 2)).toEqual(['bar_no', 'bar_weak'])
    expect(likelyNames('petro', names, 3)).toEqual(['petro r90'])
  })

  it('are none where nothing is near, and short names are not found inside others', () => {
    expect(likelyNames('colour', names, 3)).toEqual([])
    expect(likelyNames('extra_galactic', names, 3)).toEqual([])
  })
})
