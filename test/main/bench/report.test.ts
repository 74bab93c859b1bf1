import { describe, expect, it } from 'vitest'
import type { Machine } from '@main/bench/machine'
import { formatMs, markdownReport, textReport } from '@main/bench/report'
import type { Row } from '@main/bench/run'
import { median, relativeSpread } from '@main/bench/statistics'
import { quantile } from '@shared/science/stats/quantile'

describe('statistics of the repeats', () => {
  it('the median is the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 9, 5, 7])).toBe(6)
    expect(median([])).toBeNaN()
  })

  it('a quantile lies between its neighbours by proportion', () => {
    expect([quantile([10, 20, 30, 40, 50], 0.25), quantile([10, 20], 0.1), quantile([3], 0.9)]).toEqual([20, 11, 3])
  })

  it('the spread is the interquartile range over the median, and does not see one odd repeat', () => {
    expect(relativeSpread([10, 20, 30, 40, 50])).toBeCloseTo(20 / 30)
    expect(relativeSpread([10, 20, 30, 40, 5000])).toBeCloseTo(20 / 30)
    expect(relativeSpread([7])).toBe(0)
  })
})

const machine: Machine = {
  ...{ processor: 'A processor', cores: 2, memoryGib: 16, flags: ['AVX2'], system: 'linux x64', node: '24.0.0', galaxyDesk: '0.1.0' },
  ...{ load: 3, date: '2026-01-31', warning: 'The load was 3.' },
}
const row: Row = {
  ...{
    name: 'head',
    engine: 'wasm',
    unit: 'training',
    program: 'wasm 4',
    medianMs: 1234.5,
    p95Ms: 1500,
    maxMs: 2500,
    spread: 0.034,
    repeats: 5,
    cpuMs: 2000,
    notes: ['a note'],
  },
  ...{ peakMemoryMb: 300.4, ratioToPeer: 0.5, cpuRatioToPeer: null, memoryRatioToPeer: 0.4, difference: 1.23e-7, noPeer: null, report: '' },
  peer: { name: 'PyTorch', program: 'PyTorch 2', medianMs: 2469, spread: 0.1, cpuMs: null, peakMemoryMb: 700 },
}
const alone: Row = {
  ...row,
  name: 'split',
  engine: null,
  peer: null,
  ratioToPeer: null,
  difference: null,
  noPeer: 'nobody else does',
  report: '# A report',
}

describe('the table', () => {
  it('in Markdown has as many cells in every line as in its header, and a dash where there is no peer', () => {
    const lines = markdownReport(machine, [row, alone]).filter((line) => line.startsWith('|'))
    expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1)
    expect(lines[2]).toBe('| head (wasm) | 1.23 s / training | 1.5 s | 2.5 s | 5 | 3 % | PyTorch | 2.47 s | 0.50 | – | 300 MiB | 700 MiB |')
    expect(lines[3]).toMatch(/^\| split \| .* \| – \| – \| – \| – \| 300 MiB \| – \|$/)
  })

  it.each([textReport, markdownReport])('says on what machine, that it was busy, why there is no peer, and the report', (report) => {
    const text = report(machine, [row, alone]).join('\n')
    for (const part of [
      '2026-01-31: A processor (AVX2), 2 cores',
      'The load was 3.',
      'no peer: nobody else does',
      'the same to 1.2e-7',
      '# A report',
    ])
      expect(text).toContain(part)
  })

  it('times have three digits and the unit that fits', () => {
    expect([formatMs(0.31934), formatMs(15.46), formatMs(999.4), formatMs(61234)]).toEqual(['0.319 ms', '15.5 ms', '999 ms', '61.2 s'])
  })
})
