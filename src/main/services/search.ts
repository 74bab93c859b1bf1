import type {
  Around,
  AskSearch,
  RowsRequest,
  SavedSearch,
  SaveSearch,
  SearchAnswer,
  SearchColumns,
  SearchRows,
} from '@shared/contract/search'
import type { Examples, Neighbours } from '@shared/contract/beside'
import type { WritableDb } from '@main/catalogue/database'
import { keepSearch, readSavedSearches, removeSearch } from '@main/catalogue/saved-searches'
import { openProjectSearch } from '@main/search/project-search'

/** The search over the whole catalogue of a project, in a thread of its own, and the searches kept by name. */
export type SearchService = {
  search: (request: AskSearch) => Promise<SearchAnswer>
  rows: (resultId: string, request: RowsRequest) => Promise<SearchRows>
  around: (resultId: string, galaxyKey: number) => Promise<Around>
  columns: () => Promise<SearchColumns>
  /** What is shown beside the galaxy that this annotator labels. */
  examples: (annotator: string) => Promise<Examples>
  neighbours: (galaxyKey: number, annotator: string) => Promise<Neighbours>
  /** From now on reads ahead what a first search would wait for; `readAhead` again, where it was begun, after a job that may have changed the survey. */
  beginReadingAhead: () => void
  readAhead: () => void
  saved: () => SavedSearch[]
  /** Keeps a search after its filter and its column were looked up in this project. Throws FilterError, and `search/exists`. */
  save: (request: SaveSearch) => Promise<SavedSearch>
  /** Throws `search/unknown`. */
  remove: (name: string) => void
  close: () => Promise<void>
}

export function createSearchService(db: WritableDb, projectPath: string): SearchService {
  const { ask, close } = openProjectSearch(projectPath)
  let readsAhead = false
  function readAhead(): void {
    // A fault comes again, and is told, when somebody searches.
    if (readsAhead) void ask({ kind: 'prepare' }).catch(() => undefined)
  }
  return {
    beginReadingAhead() {
      readsAhead = true
      readAhead()
    },
    readAhead,
    search: (request) => ask({ kind: 'search', request }),
    rows: (resultId, request) => ask({ kind: 'rows', resultId, request }),
    around: (resultId, galaxyKey) => ask({ kind: 'around', resultId, galaxyKey }),
    columns: () => ask({ kind: 'columns' }),
    examples: (annotator) => ask({ kind: 'examples', annotator }),
    neighbours: (galaxyKey, annotator) => ask({ kind: 'neighbours', galaxyKey, annotator }),
    saved: () => readSavedSearches(db),
    async save(request) {
      await ask({ kind: 'check', request })
      return keepSearch(db, request)
    },
    remove: (name) => removeSearch(db, name),
    close,
  }
}
