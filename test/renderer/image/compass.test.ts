import { describe, expect, it } from 'vitest'
import type { Wcs } from '@shared/science/sky/wcs'
import { compassOf } from '@renderer/image/compass'
import { poseMatrix, upright, type Pose } from '@renderer/image/geometry'

const image = { width: 200, height: 100 }
const upOnSky: Wcs = {
  projection: 'TAN',
  referencePx: [100.5, 50.5],
  referenceDeg: [150, 2],
  degPerPx: [-1e-4, 0, 0, 1e-4],
  poleDeg: 180,
  distortion: null,
  axes: 'equatorial',
  frame: '',
}
const compass = (wcs: Wcs, pose: Partial<Pose> = {}) => compassOf(wcs, image, poseMatrix({ ...upright, ...pose }, 3, image, image))
const arms = (wcs: Wcs, pose?: Partial<Pose>) => compass(wcs, pose)!.arms.flatMap(({ x, y }) => [x, y])
const close = (...values: number[]) => values.map((value) => expect.closeTo(value, 3) as number)

describe('the compass', () => {
  it('has north up and east left where the image has', () => {
    expect(compass(upOnSky)!.arms.map(({ name }) => name)).toEqual(['N', 'E'])
    expect(arms(upOnSky)).toEqual(close(0, -1, -1, 0))
    expect(compass(upOnSky)!.text).toBe('North is up, east is 90° to the left of up')
  })

  it('turns and is mirrored with the image', () => {
    expect(arms(upOnSky, { angleDeg: 90 })).toEqual(close(1, 0, 0, -1))
    expect(arms(upOnSky, { isFlipped: true })).toEqual(close(0, -1, 1, 0))
    expect(compass(upOnSky, { angleDeg: -180 })!.text).toMatch(/^North is down/)
  })

  it('is not drawn for galactic coordinates, nor at a pole', () => {
    expect(compass({ ...upOnSky, axes: 'galactic' })).toBeNull()
    expect(compass({ ...upOnSky, referenceDeg: [0, 90] })).toBeNull()
  })
})
