import { catalogue0001 } from './0001-catalogue'
import { savedSearches0002 } from './0002-saved-searches'
import { labelling0003 } from './0003-labelling'
import { hints0004 } from './0004-hints'

/** The shipped migrations in order; `user_version` counts those a catalogue has. They only add, and are never edited once shipped. */
export const migrations: readonly string[] = [catalogue0001, savedSearches0002, labelling0003, hints0004]
