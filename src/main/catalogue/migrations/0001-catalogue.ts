/**
 * The whole catalogue. [Note: What readers see] Tables named all_* also hold the rows of an import that is still running; readers use the SQL
 * views galaxies, views and votes, which leave those out (docs/decisions/0001-import-visibility.md). A galaxy has an integer key that orders the rows of every binary file beside the database, and a TEXT id: an SDSS
 * objid has 18 digits and survives neither a JavaScript number nor SQLite's numeric affinity.
 */
export const catalogue0001 = /* sql */ `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- version = SHA-256 of the content: a changed tree is another tree.
CREATE TABLE trees (
  version TEXT PRIMARY KEY,
  tree_id TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;

-- The rows of an import become visible all at once, when completed_at is set; an interrupted import is removed at the next open.
-- The three counts are what it brought, so that the totals of a million galaxies need no scan.
CREATE TABLE imports (
  import_key INTEGER PRIMARY KEY,
  params TEXT NOT NULL,
  started_at TEXT NOT NULL,
  completed_at TEXT,
  report TEXT,
  galaxies INTEGER NOT NULL DEFAULT 0,
  with_images INTEGER NOT NULL DEFAULT 0,
  with_votes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE all_galaxies (
  galaxy_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  ra_deg REAL,
  dec_deg REAL,
  -- The smallest key of the galaxies within 2 arcsec, which stay on one side of a split; null for a galaxy alone or of unknown position.
  sky_group INTEGER,
  import_key INTEGER NOT NULL REFERENCES imports,
  -- Columns that are neither votes nor known names, as a JSON object.
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX galaxies_import ON all_galaxies (import_key);
CREATE INDEX galaxies_sky_group ON all_galaxies (sky_group) WHERE sky_group IS NOT NULL;

-- View 1 is the model's; others are for the eye. Null pixel scale: unknown. A path inside the project folder is relative to it.
CREATE TABLE all_views (
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  view INTEGER NOT NULL,
  path TEXT NOT NULL,
  pixel_scale_arcsec REAL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  import_key INTEGER NOT NULL REFERENCES imports,
  PRIMARY KEY (galaxy_key, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX views_import ON all_views (import_key);

CREATE TABLE vote_sets (
  vote_set_key INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tree_version TEXT NOT NULL REFERENCES trees,
  UNIQUE (campaign, tree_version)
) STRICT;

-- counts: little-endian unsigned 16-bit, one for each answer in the tree's order.
CREATE TABLE all_votes (
  vote_set_key INTEGER NOT NULL REFERENCES vote_sets,
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  counts BLOB NOT NULL,
  import_key INTEGER NOT NULL REFERENCES imports,
  PRIMARY KEY (vote_set_key, galaxy_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_import ON all_votes (import_key);
CREATE INDEX votes_galaxy ON all_votes (galaxy_key);

CREATE VIEW galaxies AS
  SELECT galaxy_key, id, ra_deg, dec_deg, sky_group, import_key, metadata FROM all_galaxies
  WHERE import_key NOT IN (SELECT import_key FROM imports WHERE completed_at IS NULL);
CREATE VIEW views AS
  SELECT galaxy_key, view, path, pixel_scale_arcsec, width_px, height_px, checksum, import_key FROM all_views
  WHERE import_key NOT IN (SELECT import_key FROM imports WHERE completed_at IS NULL);
CREATE VIEW votes AS
  SELECT vote_set_key, galaxy_key, counts, import_key FROM all_votes
  WHERE import_key NOT IN (SELECT import_key FROM imports WHERE completed_at IS NULL);

-- The galaxies that are never trained on: the frozen test set, and those excluded because they came later and lie beside a test galaxy.
-- After the split, every galaxy without a row here is of the pool. settings.split says that there was one.
CREATE TABLE held_out (
  galaxy_key INTEGER PRIMARY KEY REFERENCES all_galaxies,
  side TEXT NOT NULL CHECK (side IN ('test', 'excluded'))
) STRICT;
CREATE INDEX held_out_side ON held_out (side);

-- Pool galaxies whose recorded votes training may use, and the round whose labelling revealed them. All other votes stay hidden.
CREATE TABLE revealed_votes (
  galaxy_key INTEGER PRIMARY KEY REFERENCES all_galaxies,
  round INTEGER NOT NULL
) STRICT;
CREATE INDEX revealed_votes_round ON revealed_votes (round);

CREATE TABLE rounds (
  round INTEGER PRIMARY KEY,
  strategy TEXT NOT NULL,
  model_id TEXT,
  seed INTEGER NOT NULL,
  params TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  closed_at TEXT
) STRICT;

-- The galaxies chosen in a round: rank by the strategy, place in the Label queue (where test galaxies stand between them).
CREATE TABLE acquisitions (
  round INTEGER NOT NULL REFERENCES rounds,
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  rank INTEGER NOT NULL,
  place INTEGER NOT NULL,
  score REAL,
  is_random INTEGER NOT NULL CHECK (is_random IN (0, 1)),
  inclusion_probability REAL,
  -- { question: { mutualInformation, proportionAsked } }
  parts TEXT NOT NULL,
  PRIMARY KEY (round, galaxy_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX acquisitions_galaxy ON acquisitions (galaxy_key, round);
CREATE INDEX acquisitions_place ON acquisitions (round, place);

-- Test galaxies that an expert labels blind, mixed into the queue of a round; only where no volunteers voted.
CREATE TABLE test_draws (
  galaxy_key INTEGER PRIMARY KEY REFERENCES held_out,
  round INTEGER NOT NULL REFERENCES rounds,
  place INTEGER NOT NULL
) STRICT;
CREATE INDEX test_draws_place ON test_draws (round, place);

-- The append-only log of everything the experts did. Nothing here is ever changed or deleted; an undo is a row that names what it undoes.
-- A row stands unless a row that stands undoes it: undoing an undo is a redo.
CREATE TABLE labels (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  kind TEXT NOT NULL CHECK (kind IN ('answer', 'skip', 'flag', 'note', 'undo')),
  question TEXT,
  answer TEXT,
  note TEXT,
  undoes TEXT UNIQUE REFERENCES labels (uuid),
  tree_version TEXT NOT NULL REFERENCES trees,
  round INTEGER,
  annotator TEXT NOT NULL,
  duration_ms INTEGER,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX labels_galaxy ON labels (galaxy_key, sequence);
CREATE INDEX labels_annotator ON labels (annotator, sequence);
CREATE TRIGGER labels_never_change BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'the label log is append-only'); END;
CREATE TRIGGER labels_never_go BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'the label log is append-only'); END;

CREATE TABLE models (
  model_id TEXT PRIMARY KEY,
  round INTEGER NOT NULL,
  card TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX models_round ON models (round, created_at);

-- Errors on the test set, as measured; the big arrays of predictions lie in files beside the weights.
CREATE TABLE measures (
  model_id TEXT PRIMARY KEY REFERENCES models,
  metrics TEXT NOT NULL,
  measured_at TEXT NOT NULL
) STRICT;

CREATE TABLE predictions (
  model_id TEXT NOT NULL REFERENCES models,
  -- No reference: this table has no index by galaxy, and a reference would make the removal of an interrupted import scan it for each row.
  galaxy_key INTEGER NOT NULL,
  -- little-endian float32, the mean vote fraction of each output of the model
  fractions BLOB NOT NULL,
  PRIMARY KEY (model_id, galaxy_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  document TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_created ON jobs (created_at);
`
