/** Searches that the user keeps by name. Their filters are text: a model or a round that they name may be gone when they are used. */
export const savedSearches0002 = /* sql */ `
CREATE TABLE saved_searches (
  name TEXT PRIMARY KEY,
  filter TEXT NOT NULL,
  -- The column that sorts; null: in the order of the keys.
  sort TEXT,
  descending INTEGER NOT NULL CHECK (descending IN (0, 1)),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
