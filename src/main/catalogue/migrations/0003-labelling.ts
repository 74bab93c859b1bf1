/**
 * More kinds of entries in the label log, entries that are taken back together (`batch`), and second answers to the same galaxy (`pass` 1), which
 * measure the expert and train nothing. SQLite cannot widen a CHECK: the log is written anew, row for row, and its guards with it.
 */
export const labelling0003 = /* sql */ `
CREATE TABLE wider_labels (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  kind TEXT NOT NULL CHECK (kind IN ('answer', 'cannot-tell', 'resolve', 'skip', 'flag', 'star', 'note', 'undo')),
  question TEXT,
  answer TEXT,
  note TEXT,
  undoes TEXT UNIQUE REFERENCES wider_labels (uuid),
  tree_version TEXT NOT NULL REFERENCES trees,
  round INTEGER,
  annotator TEXT NOT NULL,
  duration_ms INTEGER,
  at TEXT NOT NULL,
  -- 0: what the annotator says of the galaxy. 1: said again of a galaxy that came back unannounced; the first answers stay what they are.
  pass INTEGER NOT NULL DEFAULT 0 CHECK (pass IN (0, 1)),
  -- One UUID for all entries that were made, and are taken back, as one.
  batch TEXT
) STRICT;
INSERT INTO wider_labels (sequence, uuid, device, galaxy_key, kind, question, answer, note, undoes, tree_version, round, annotator, duration_ms, at)
  SELECT sequence, uuid, device, galaxy_key, kind, question, answer, note, undoes, tree_version, round, annotator, duration_ms, at
  FROM labels ORDER BY sequence;
DROP TABLE labels;
ALTER TABLE wider_labels RENAME TO labels;
CREATE INDEX labels_galaxy ON labels (galaxy_key, sequence);
CREATE INDEX labels_annotator ON labels (annotator, sequence);
CREATE INDEX labels_round ON labels (round, duration_ms) WHERE round IS NOT NULL;
CREATE INDEX labels_batch ON labels (batch, sequence) WHERE batch IS NOT NULL;
CREATE TRIGGER labels_never_change BEFORE UPDATE ON labels BEGIN SELECT RAISE(ABORT, 'the label log is append-only'); END;
CREATE TRIGGER labels_never_go BEFORE DELETE ON labels BEGIN SELECT RAISE(ABORT, 'the label log is append-only'); END;

-- What the log says of each galaxy and annotator (first pass), folded at every entry, because who has done what is asked between key and
-- image. It can be made anew from the log at any time. round: where it was last labelled in the queue. is_shared: other annotators are asked
-- as well. done_at: the sequence of the entry that completed it.
CREATE TABLE label_states (
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  annotator TEXT NOT NULL,
  round INTEGER,
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
  is_skipped INTEGER NOT NULL CHECK (is_skipped IN (0, 1)),
  is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
  done_at INTEGER,
  PRIMARY KEY (galaxy_key, annotator)
) STRICT, WITHOUT ROWID;
CREATE INDEX label_states_done ON label_states (annotator, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX label_states_round ON label_states (round, is_complete, annotator, is_shared);

-- Galaxies that come to one annotator after the one at \`place\` of the round's queue: their own for a second time (pass 1), or of known answers.
CREATE TABLE visits (
  round INTEGER NOT NULL REFERENCES rounds,
  annotator TEXT NOT NULL,
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  pass INTEGER NOT NULL CHECK (pass IN (0, 1)),
  place INTEGER NOT NULL,
  -- Whether it was completed, or skipped.
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  PRIMARY KEY (annotator, galaxy_key, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_place ON visits (round, annotator, place);

-- Answers known beforehand, to measure annotators by.
CREATE TABLE gold (
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (galaxy_key, question)
) STRICT, WITHOUT ROWID;
`
