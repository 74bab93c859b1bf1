import type { KeyAction } from './key-action'

const action = (id: string, title: string, ...keys: string[]): KeyAction => ({
  id: `image-${id}`,
  title: `Image: ${title}`,
  scope: 'label',
  keys,
})
const held = (id: string, title: string, ...keys: string[]): KeyAction => ({ ...action(id, title, ...keys), repeats: true })

/** What keys do to the image beside the questions: they share the scope, so that no key can mean both. */
export const viewerActions: readonly KeyAction[] = [
  action('controls', 'controls, or hide them', 'D'),
  action('model-view', "the model's view beside it", 'M'),
  action('second-view', 'next further view of the galaxy', 'V'),
  action('blink', 'further view beside it, or blinking', 'Shift+V'),
  action('swap', 'the other of two blinking views', 'O'),
  held('zoom-in', 'larger', '+', '='),
  held('zoom-out', 'smaller', '-'),
  held('left', 'move to the left', 'Shift+ArrowLeft'),
  held('right', 'move to the right', 'Shift+ArrowRight'),
  held('up', 'move up', 'Shift+ArrowUp'),
  held('down', 'move down', 'Shift+ArrowDown'),
  action('turn-left', 'a quarter turn to the left', '['),
  action('turn-right', 'a quarter turn to the right', ']'),
  held('tilt-left', 'turn a little to the left', '{'),
  held('tilt-right', 'turn a little to the right', '}'),
  action('flip', 'mirror', 'W'),
  action('stretch', 'next stretch', 'T'),
  action('range', 'next range: own, middle, zscale, whole', 'A'),
  action('per-band', 'each band its own range, or one for all', 'E'),
  held('black-up', 'raise the black point', 'J'),
  held('black-down', 'lower the black point', 'Shift+J'),
  held('white-up', 'raise the white point', 'Shift+L'),
  held('white-down', 'lower the white point', 'L'),
  action('invert', 'invert', 'X'),
  action('grey', 'greyscale', 'Y'),
  action('red', 'red channel', 'Shift+R'),
  action('green', 'green channel', 'Shift+G'),
  action('blue', 'blue channel', 'Shift+B'),
  action('crosshair', 'crosshair', 'C'),
  action('reset', 'as it was at first', 'Q'),
]
