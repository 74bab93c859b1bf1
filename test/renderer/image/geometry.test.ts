import { describe, expect, it } from 'vitest'
import {
  applied,
  fitScale,
  linkedPose,
  panned,
  poseMatrix,
  turned,
  unapplied,
  upright,
  zoomedAt,
  MOST_ZOOM,
  type Pose,
} from '@renderer/image/geometry'

const image = { width: 400, height: 300 }
const frame = { width: 800, height: 900 }
const pose: Pose = { zoom: 3, centre: { x: 0.3, y: 0.6 }, angleDeg: 37, isFlipped: true }
const scaleOf = (of: Pose) => of.zoom * fitScale(image, frame, of.angleDeg)
const close = (point: { x: number; y: number }) => ({ x: expect.closeTo(point.x, 6) as number, y: expect.closeTo(point.y, 6) as number })

describe('an image in its frame', () => {
  it('just fits, upright and on its side', () => {
    expect(fitScale(image, frame, 0)).toBe(2)
    expect(fitScale(image, frame, 90)).toBeCloseTo(2.25, 9)
    expect(fitScale(image, frame, -180)).toBeCloseTo(2, 9)
  })

  it('has its centre in the middle, and turns clockwise after it was mirrored', () => {
    const matrix = poseMatrix(upright, 2, image, frame)
    expect(applied(matrix, { x: 200, y: 150 })).toEqual({ x: 400, y: 450 })
    const right = { x: 210, y: 150 }
    expect(applied(poseMatrix(turned(upright, 90), 2, image, frame), right)).toEqual(close({ x: 400, y: 470 }))
    expect(applied(poseMatrix({ ...upright, isFlipped: true }, 2, image, frame), right)).toEqual({ x: 380, y: 450 })
    expect(applied(poseMatrix({ ...turned(upright, 90), isFlipped: true }, 2, image, frame), right)).toEqual(close({ x: 400, y: 430 }))
  })

  it('gives the pixel under a point of the frame back', () => {
    const matrix = poseMatrix(pose, scaleOf(pose), image, frame)
    expect(unapplied(matrix, applied(matrix, { x: 17, y: 250 }))).toEqual(close({ x: 17, y: 250 }))
  })

  it('keeps under the pointer what was there while it zooms', () => {
    const at = { x: 500, y: 300 }
    const under = unapplied(poseMatrix(pose, scaleOf(pose), image, frame), at)
    const next = zoomedAt(pose, 1.7, at, scaleOf(pose), image, frame)
    expect(next.zoom).toBeCloseTo(5.1, 9)
    expect(unapplied(poseMatrix(next, scaleOf(next), image, frame), at)).toEqual(close(under))
  })

  it('follows the hand when it is moved', () => {
    const before = applied(poseMatrix(pose, scaleOf(pose), image, frame), { x: 100, y: 100 })
    const next = panned(pose, { x: 25, y: -40 }, scaleOf(pose), image, frame)
    expect(applied(poseMatrix(next, scaleOf(next), image, frame), { x: 100, y: 100 })).toEqual(
      close({ x: before.x + 25, y: before.y - 40 }),
    )
  })

  it('is never lost: zoom has ends, and the middle of the frame stays on the image', () => {
    expect(zoomedAt(pose, 1e9, { x: 0, y: 0 }, scaleOf(pose), image, frame).zoom).toBe(MOST_ZOOM)
    const { centre } = panned(pose, { x: 1e6, y: 1e6 }, scaleOf(pose), image, frame)
    expect([0, 1]).toContain(centre.x)
    expect([0, 1]).toContain(centre.y)
  })

  it('turns through the whole circle and back', () => {
    let now = upright
    for (let i = 0; i < 4; i++) now = turned(now, 90)
    expect(now).toEqual(upright)
    expect(turned(turned(upright, 170), 20).angleDeg).toBe(-170)
  })
})

describe('a second image', () => {
  const first = { size: image, pixelScaleArcsec: 0.4 }

  it('shows the same piece of sky where both scales are known', () => {
    const second = { size: { width: 200, height: 200 }, pixelScaleArcsec: 1.2 }
    const linked = linkedPose(pose, first, second, frame)
    const [a, b] = [poseMatrix(pose, scaleOf(pose), image, frame), poseMatrix(linked.pose, linked.scale, second.size, frame)]
    // A point 24 arcsec right of the middle and 12 below is 60 and 30 pixels away in the first, 20 and 10 in the second.
    expect(applied(b, { x: 120, y: 110 })).toEqual(close(applied(a, { x: 260, y: 180 })))
    expect(applied(b, { x: 100, y: 100 })).toEqual(close(applied(a, { x: 200, y: 150 })))
  })

  it('shows the same share of the image where a scale is unknown', () => {
    const second = { size: { width: 800, height: 600 }, pixelScaleArcsec: null }
    const linked = linkedPose(pose, first, second, frame)
    expect(linked.pose).toEqual(pose)
    expect(linked.scale).toBeCloseTo(scaleOf(pose) / 2, 9)
  })
})
