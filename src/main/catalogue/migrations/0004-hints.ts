/**
 * What annotators were shown of the model's predictions, and which answers were given after that: see [Note: Hints]. A sight is of one turn (`pass`),
 * so that an answer to a galaxy that came back unannounced does not tell by its mark that the galaxy was there before.
 */
export const hints0004 = /* sql */ `
-- 1: what a model predicts for the question had been shown to the annotator in this turn before the entry. Null: an entry from before this
-- was kept, of which nobody knows, or one that is not of a question.
ALTER TABLE labels ADD COLUMN hint_seen INTEGER CHECK (hint_seen IN (0, 1));

CREATE TABLE hint_sights (
  galaxy_key INTEGER NOT NULL REFERENCES all_galaxies,
  annotator TEXT NOT NULL,
  pass INTEGER NOT NULL CHECK (pass IN (0, 1)),
  question TEXT NOT NULL,
  model_id TEXT NOT NULL REFERENCES models,
  at TEXT NOT NULL,
  PRIMARY KEY (galaxy_key, annotator, pass, question, model_id)
) STRICT, WITHOUT ROWID;
`
