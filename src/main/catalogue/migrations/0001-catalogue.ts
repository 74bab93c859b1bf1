/**
 * The whole catalogue. A galaxy has an integer key that orders the rows of every binary file beside the database, and a TEXT id: an SDSS
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

-- Rows of an import are visible only once completed_at is set; an interrupted import is removed at the next open.
CREATE TABLE imports (
  import_key INTEGER PRIMARY KEY,
  params TEXT NOT NULL,
  started_at TEXT NOT NULL,
  completed_at TEXT,
  report TEXT
) STRICT;

CREATE TABLE galaxies (
  galaxy_key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  ra_deg REAL,
  dec_deg REAL,
  -- Galaxies within 2 arcsec share a sky group and stay on one side of a split; null where the position is unknown.
  sky_group INTEGER,
  import_key INTEGER NOT NULL REFERENCES imports,
  -- Columns that are neither votes nor known names, as a JSON object.
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX galaxies_import ON galaxies (import_key);

-- View 1 is the model's; others are for the eye. Null pixel scale: unknown.
CREATE TABLE views (
  galaxy_key INTEGER NOT NULL REFERENCES galaxies,
  view INTEGER NOT NULL,
  path TEXT NOT NULL,
  pixel_scale_arcsec REAL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  import_key INTEGER NOT NULL REFERENCES imports,
  PRIMARY KEY (galaxy_key, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX views_import ON views (import_key);

CREATE TABLE vote_sets (
  vote_set_key INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tree_version TEXT NOT NULL REFERENCES trees,
  UNIQUE (campaign, tree_version)
) STRICT;

-- counts: little-endian unsigned 16-bit, one for each answer in the tree's order.
CREATE TABLE votes (
  vote_set_key INTEGER NOT NULL REFERENCES vote_sets,
  galaxy_key INTEGER NOT NULL REFERENCES galaxies,
  counts BLOB NOT NULL,
  import_key INTEGER NOT NULL REFERENCES imports,
  PRIMARY KEY (vote_set_key, galaxy_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_import ON votes (import_key);
CREATE INDEX votes_galaxy ON votes (galaxy_key);

-- One row per galaxy after the split. revealed_round: the round whose labelling made the votes of this galaxy usable; null while hidden.
CREATE TABLE splits (
  galaxy_key INTEGER PRIMARY KEY REFERENCES galaxies,
  side TEXT NOT NULL CHECK (side IN ('pool', 'test')),
  revealed_round INTEGER
) STRICT;
CREATE INDEX splits_side ON splits (side, revealed_round);

CREATE TABLE rounds (
  round INTEGER PRIMARY KEY,
  strategy TEXT NOT NULL,
  model_id TEXT,
  seed INTEGER NOT NULL,
  params TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  closed_at TEXT
) STRICT;

CREATE TABLE acquisitions (
  round INTEGER NOT NULL REFERENCES rounds,
  galaxy_key INTEGER NOT NULL REFERENCES galaxies,
  rank INTEGER NOT NULL,
  score REAL,
  is_random INTEGER NOT NULL CHECK (is_random IN (0, 1)),
  inclusion_probability REAL,
  -- { question: { mutualInformation, proportionAsked } }
  parts TEXT NOT NULL,
  PRIMARY KEY (round, galaxy_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX acquisitions_galaxy ON acquisitions (galaxy_key, round);

-- The append-only log of everything the experts did. Nothing here is ever changed or deleted; an undo is a row that names what it undoes.
CREATE TABLE labels (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  galaxy_key INTEGER NOT NULL REFERENCES galaxies,
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
  galaxy_key INTEGER NOT NULL REFERENCES galaxies,
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
