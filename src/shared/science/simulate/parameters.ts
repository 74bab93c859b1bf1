/** What a simulated galaxy truly is. Everything that is drawn or asked of it follows from these values; angles in radians, lengths in arcsec. */

/** A Sérsic bulge. `fraction` of the body's light; `boxiness` is the exponent of its isophotes: 2 ellipses, above 2 boxes. */
export type Bulge = {
  readonly fraction: number
  readonly sersicIndex: number
  readonly radiusArcsec: number
  readonly axisRatio: number
  readonly boxiness: number
}

/**
 * An exponential disk. `axisRatio` is the apparent one, cos(inclination) thickened; an edge-on disk is drawn by its height instead, which is
 * then `axisRatio` times the scale length. `lopsidedness` 0..1 moves light to one side.
 */
export type Disk = { readonly scaleArcsec: number; readonly axisRatio: number; readonly isEdgeOn: boolean; readonly lopsidedness: number }

/** Logarithmic spiral arms. `contrast` 0..1 is the share of the disk's light that the arms gather; `phaseRad` turns them. */
export type Arms = {
  readonly count: number
  readonly pitchRad: number
  readonly contrast: number
  readonly phaseRad: number
  readonly isClockwise: boolean
}

/** `strength` 0..1; the length is the half length. */
export type Bar = { readonly strength: number; readonly lengthArcsec: number; readonly angleRad: number }
export type Ring = { readonly strength: number; readonly radiusArcsec: number; readonly widthArcsec: number }

/** One galaxy of stars, dust and gas. `youth` 0 is red and dead, 1 blue; `dust` 0..1; `clumps` is how many star-forming knots it has. */
export type GalaxyBody = {
  readonly magnitudeR: number
  readonly xArcsec: number
  readonly yArcsec: number
  readonly positionAngleRad: number
  readonly bulge: Bulge
  readonly disk: Disk | null
  readonly arms: Arms | null
  readonly bar: Bar | null
  readonly ring: Ring | null
  readonly youth: number
  readonly dust: number
  readonly clumps: number
}

/** A stream of stars torn out by a merger, from the main galaxy along an arc. `strength` 0..1 of its surface brightness. */
export type Tail = { readonly startRad: number; readonly lengthArcsec: number; readonly bend: number; readonly strength: number }

export type Star = { readonly xArcsec: number; readonly yArcsec: number; readonly magnitudeR: number; readonly colourGr: number }
export type BackgroundGalaxy = Star & { readonly radiusArcsec: number; readonly axisRatio: number; readonly positionAngleRad: number }

/** A streak of a satellite or of a bleeding star; a satellite crosses while one band is exposed. */
export type Trail = {
  readonly angleRad: number
  readonly offsetArcsec: number
  readonly band: 'g' | 'r' | 'i' | 'all'
  readonly brightness: number
}

export const galaxyKinds = ['elliptical', 'lenticular', 'spiral', 'edge-on', 'irregular', 'star', 'trail'] as const
/** `star` and `trail` are what surveys take for galaxies: the artifacts. */
export type GalaxyKind = (typeof galaxyKinds)[number]

export type GalaxyParameters = {
  readonly seed: number
  readonly index: number
  readonly kind: GalaxyKind
  /** Radius of 90 % of the light, what the survey scaled the cutout by. */
  readonly radius90Arcsec: number
  /** The side of the square frame. */
  readonly frameArcsec: number
  /** Full width at half maximum of the point spread function. */
  readonly seeingArcsec: number
  /** The sky's light over that of a dark night. */
  readonly skyFactor: number
  /** How far each band lies off the others, right and down: the survey's bands are minutes apart, which leaves coloured fringes. */
  readonly registrationArcsec: Readonly<Record<'g' | 'r' | 'i', readonly [number, number]>>
  readonly body: GalaxyBody
  readonly companion: GalaxyBody | null
  /** How far a merger has torn the main galaxy apart, 0..1; 0 where nothing interacts. */
  readonly disturbance: number
  readonly tails: readonly Tail[]
  readonly stars: readonly Star[]
  readonly background: readonly BackgroundGalaxy[]
  readonly trail: Trail | null
}

/** The survey's sample: arcsec per pixel of the camera, and of the GZ2 cutouts 0.02 of the 90 % radius on 424 pixels. */
export const nativePixelArcsec = 0.396
export const frameInRadii90 = 424 * 0.02
