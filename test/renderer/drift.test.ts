import { expect, test } from 'vitest'
import { driftLabels, driftSummary } from '@renderer/drift'

const part = (galaxies: number, medianSeconds: number | null, agreement: number | null) => ({
  galaxies,
  medianSeconds,
  repeats: agreement === null ? 0 : 2,
  agreement,
})

test('parts of a session are named by their galaxies', () => {
  expect(driftLabels([part(20, 4, null), part(20, 3, null), part(7, 5, null)])).toEqual(['1–20', '21–40', '41–47'])
})

test('the summary goes from the first part to the last, and says what is not known', () => {
  expect(driftSummary([part(20, 6, null), part(20, null, 1), part(7, 4.25, 0.5)])).toBe(
    'Over the latest session: 6.0 s per galaxy at first, 4.3 s per galaxy at the end; 100.0 % answered as before at first, 50.0 % answered as before at the end.',
  )
  expect(driftSummary([part(3, 6, null)])).toBe('Over the latest session: 6.0 s per galaxy; no galaxy came back.')
  expect(driftSummary([])).toBe('Over the latest session: no times are known; no galaxy came back.')
})
