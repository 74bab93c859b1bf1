import { expect, test } from 'vitest'
import { trainParamsSchema } from '@shared/contract/job'

test("unless told otherwise an expert's answer replaces the volunteers' votes and weighs ten", () => {
  expect(trainParamsSchema.parse({})).toMatchObject({ combine: 'replace', expertWeight: 10 })
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('an expert cannot have the weight %s', (expertWeight) => {
  expect(trainParamsSchema.safeParse({ expertWeight }).success).toBe(false)
})
