import type { Ref } from 'vue'
import { fitScale, panned, turned, upright, zoomedAt, type Point, type Pose, type Size } from '../image/geometry'
import { limitKinds } from '../image/planes'
import { stretches } from '../image/stretch'
import type { ViewerSettings } from '../image/viewer-settings'

export type ViewerAction =
  | 'controls'
  | 'model-view'
  | 'second-view'
  | 'blink'
  | 'swap'
  | 'zoom-in'
  | 'zoom-out'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'turn-left'
  | 'turn-right'
  | 'tilt-left'
  | 'tilt-right'
  | 'flip'
  | 'stretch'
  | 'range'
  | 'per-band'
  | 'black-up'
  | 'black-down'
  | 'white-up'
  | 'white-down'
  | 'invert'
  | 'grey'
  | 'red'
  | 'green'
  | 'blue'
  | 'crosshair'
  | 'reset'

type Parts = {
  settings: ViewerSettings
  pose: Ref<Pose>
  /** The size of the first image and of its frame, null before they are known. */
  seen: () => { image: Size; frame: Size } | null
  resetLook: () => void
  nextView: () => void
  swap: () => void
}

const ZOOM_STEP = 1.25
const TILT_DEG = 5
const POINT_STEP = 0.02
/** The share of the frame that a key moves the image. */
const PAN_SHARE = 1 / 8

/** What the keys and buttons of the image viewer do; `zoomAt` and `panBy` are what the hand does. */
export function useViewerActions({ settings, pose, seen, resetLook, nextView, swap }: Parts) {
  const scaleOf = ({ image, frame }: { image: Size; frame: Size }) => pose.value.zoom * fitScale(image, frame, pose.value.angleDeg)

  function zoomAt(factor: number, at: Point | null = null): void {
    const known = seen()
    if (!known) return
    const middle = { x: known.frame.width / 2, y: known.frame.height / 2 }
    pose.value = zoomedAt(pose.value, factor, at ?? middle, scaleOf(known), known.image, known.frame)
  }
  function panBy(by: Point): void {
    const known = seen()
    if (known) pose.value = panned(pose.value, by, scaleOf(known), known.image, known.frame)
  }
  function fit(): void {
    pose.value = { ...pose.value, zoom: upright.zoom, centre: upright.centre }
  }
  const step = (x: number, y: number) => () => {
    const known = seen()
    if (known) panBy({ x: x * PAN_SHARE * known.frame.width, y: y * PAN_SHARE * known.frame.height })
  }
  const turn = (byDeg: number) => () => void (settings.angleDeg = turned(pose.value, byDeg).angleDeg)
  const toggle =
    (name: 'hasControls' | 'hasModelView' | 'isFlipped' | 'isPerBand' | 'isInverted' | 'isGrey' | 'hasCrosshair' | 'isBlinking') => () =>
      void (settings[name] = !settings[name])
  const channel = (index: 0 | 1 | 2) => () => void (settings.channels[index] = !settings.channels[index])
  const rounded = (share: number) => Math.min(1, Math.max(0, Math.round(share * 1_000) / 1_000))
  const black = (by: number) => () => void (settings.black = Math.min(rounded(settings.black + by), settings.white))
  const white = (by: number) => () => void (settings.white = Math.max(rounded(settings.white + by), settings.black))

  const actions: Record<ViewerAction, () => void> = {
    controls: toggle('hasControls'),
    'model-view': toggle('hasModelView'),
    'second-view': nextView,
    blink: toggle('isBlinking'),
    swap,
    'zoom-in': () => zoomAt(ZOOM_STEP),
    'zoom-out': () => zoomAt(1 / ZOOM_STEP),
    // The window over the image moves, as that of a text does.
    left: step(1, 0),
    right: step(-1, 0),
    up: step(0, 1),
    down: step(0, -1),
    'turn-left': turn(-90),
    'turn-right': turn(90),
    'tilt-left': turn(-TILT_DEG),
    'tilt-right': turn(TILT_DEG),
    flip: toggle('isFlipped'),
    stretch: () => void (settings.stretch = stretches[(stretches.indexOf(settings.stretch) + 1) % stretches.length]!),
    range: () => void (settings.range = limitKinds[(limitKinds.indexOf(settings.range) + 1) % limitKinds.length]!),
    'per-band': toggle('isPerBand'),
    'black-up': black(POINT_STEP),
    'black-down': black(-POINT_STEP),
    'white-up': white(POINT_STEP),
    'white-down': white(-POINT_STEP),
    invert: toggle('isInverted'),
    grey: toggle('isGrey'),
    red: channel(0),
    green: channel(1),
    blue: channel(2),
    crosshair: toggle('hasCrosshair'),
    reset() {
      resetLook()
      fit()
    },
  }
  return { actions, zoomAt, panBy, fit }
}
