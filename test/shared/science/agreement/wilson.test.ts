import { expect, test } from 'vitest'
import { wilsonInterval } from '@shared/science/agreement/wilson'
import reference from '../../../reference/kappa.json'

test.each(reference.wilson)('the interval of $right right ones of $n is that of statsmodels', ({ right, n, low, high }) => {
  const found = wilsonInterval(right, n)
  expect(found.low).toBeCloseTo(low, 12)
  expect(found.high).toBeCloseTo(high, 12)
})

test('all right is an interval that ends at 1 and begins below', () => {
  const { low, high } = wilsonInterval(3, 3)
  expect(high).toBeCloseTo(1, 12)
  expect(low).toBeLessThan(0.5)
})
