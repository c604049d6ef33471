-- People: a second factor, invitations, bearer tokens for machines of theirs.  Scrapers: drafts to be tried.

ALTER TABLE users ADD COLUMN totp_pending TEXT;
ALTER TABLE users ADD COLUMN totp_step BIGINT;

-- Codes that stand in for a lost phone, each once.
CREATE TABLE recovery_codes (
  user_id BIGINT NOT NULL REFERENCES users (id),
  hash TEXT NOT NULL,
  PRIMARY KEY (user_id, hash)
);

-- Links live for a day or less: the table is made anew with two more purposes.
DROP TABLE links;
CREATE TABLE links (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('setup', 'sign_in', 'invite', 'factor')),
  user_id BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CHECK ((purpose = 'setup') = (user_id IS NULL))
);
CREATE INDEX links_expiry ON links (expires_at);

-- What a token may do is bounded by its scopes and by the role its owner has at that moment.
CREATE TABLE tokens (
  id {serial},
  user_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  display TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

-- A revision with a negative number is a draft: no job but its own test ever runs it.  A scraper at
-- revision 0 exists in drafts only, and nobody sees it.
CREATE TABLE drafts (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id),
  current_job_id TEXT REFERENCES jobs (id),
  scraper TEXT NOT NULL,
  number INTEGER NOT NULL,
  base INTEGER,
  text TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  FOREIGN KEY (scraper, number) REFERENCES scraper_revisions (scraper, number)
);
CREATE INDEX drafts_age ON drafts (created_at);
