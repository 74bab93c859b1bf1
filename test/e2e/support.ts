import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '@main/paths'

export { launchBrowser, openPage, startApp, type RunningApp } from '@main/bench/browser'

/** Real survey data beside the checkout; the journeys that need it say so when it is not there. */
export const sharedData = join(packageRoot(), '..', 'shared', 'data')
export const hasSharedData = existsSync(sharedData)
