/** Where an image lies in its frame: pure maths of the viewer. Image pixels count from the upper left corner; the frame is in CSS pixels. */

export type Size = { readonly width: number; readonly height: number }
export type Point = { readonly x: number; readonly y: number }

/**
 * How an image is looked at. `zoom`: times the size that fits; `centre`: the point of the image in the middle of the frame, as shares of its width
 * and height; turned clockwise by `angleDeg` after it was mirrored.
 */
export type Pose = { readonly zoom: number; readonly centre: Point; readonly angleDeg: number; readonly isFlipped: boolean }

export const MOST_ZOOM = 64
export const LEAST_ZOOM = 0.25
export const upright: Pose = { zoom: 1, centre: { x: 0.5, y: 0.5 }, angleDeg: 0, isFlipped: false }

/** x' = a x + c y + e, y' = b x + d y + f, as CSS's matrix(). */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** CSS pixels per image pixel where the whole turned image just fits into the frame. */
export function fitScale(image: Size, frame: Size, angleDeg: number): number {
  const angle = (angleDeg * Math.PI) / 180
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))]
  return Math.min(frame.width / (image.width * cos + image.height * sin), frame.height / (image.width * sin + image.height * cos))
}

/** From image pixels to the frame, at `scale` CSS pixels per image pixel. */
export function poseMatrix(pose: Pose, scale: number, image: Size, frame: Size): Matrix {
  const angle = (pose.angleDeg * Math.PI) / 180
  const mirror = pose.isFlipped ? -1 : 1
  const [a, b, c, d] = [
    mirror * scale * Math.cos(angle),
    mirror * scale * Math.sin(angle),
    -scale * Math.sin(angle),
    scale * Math.cos(angle),
  ]
  const [x, y] = [pose.centre.x * image.width, pose.centre.y * image.height]
  return [a, b, c, d, frame.width / 2 - a * x - c * y, frame.height / 2 - b * x - d * y]
}

export function applied([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f }
}

/** From the frame back to image pixels. */
export function unapplied([a, b, c, d, e, f]: Matrix, { x, y }: Point): Point {
  const determinant = a * d - b * c
  return { x: (d * (x - e) - c * (y - f)) / determinant, y: (a * (y - f) - b * (x - e)) / determinant }
}

/** Zooms by `factor` so that what lies under `at` (frame) stays there. The centre never leaves the image. */
export function zoomedAt(pose: Pose, factor: number, at: Point, scale: number, image: Size, frame: Size): Pose {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, pose.zoom * factor))
  const grown = zoom / pose.zoom
  const matrix = poseMatrix(pose, scale, image, frame)
  const kept = unapplied(matrix, at)
  const middle = unapplied(matrix, { x: frame.width / 2, y: frame.height / 2 })
  return {
    ...pose,
    zoom,
    centre: within({ x: (kept.x + (middle.x - kept.x) / grown) / image.width, y: (kept.y + (middle.y - kept.y) / grown) / image.height }),
  }
}

/** Moves the image by so many CSS pixels of the frame. */
export function panned(pose: Pose, by: Point, scale: number, image: Size, frame: Size): Pose {
  const middle = unapplied(poseMatrix(pose, scale, image, frame), { x: frame.width / 2 - by.x, y: frame.height / 2 - by.y })
  return { ...pose, centre: within({ x: middle.x / image.width, y: middle.y / image.height }) }
}

/** Turned clockwise by `byDeg`, as an angle from -180 to below 180. */
export function turned(pose: Pose, byDeg: number): Pose {
  return { ...pose, angleDeg: ((((pose.angleDeg + byDeg + 180) % 360) + 360) % 360) - 180 }
}

/** One image of a pair: its size, and its pixel scale in arcsec where that is known. */
export type Seen = { readonly size: Size; readonly pixelScaleArcsec: number | null }

/**
 * How a second image is looked at beside the first: the same piece of sky, about the middles of both images, where both pixel scales are known;
 * else the same share of the image. `frame` is that of each. Gives its pose and CSS pixels per image pixel.
 */
export function linkedPose(pose: Pose, first: Seen, second: Seen, frame: Size): { pose: Pose; scale: number } {
  const scale = pose.zoom * fitScale(first.size, frame, pose.angleDeg)
  if (first.pixelScaleArcsec === null || second.pixelScaleArcsec === null)
    return { pose, scale: pose.zoom * fitScale(second.size, frame, pose.angleDeg) }
  const ratio = second.pixelScaleArcsec / first.pixelScaleArcsec
  const share = (centre: number, of: number, to: number) => 0.5 + ((centre - 0.5) * of) / (ratio * to)
  const centre = {
    x: share(pose.centre.x, first.size.width, second.size.width),
    y: share(pose.centre.y, first.size.height, second.size.height),
  }
  return { pose: { ...pose, centre }, scale: scale * ratio }
}

function within({ x, y }: Point): Point {
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) }
}
