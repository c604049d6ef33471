-- One job that this machine runs or ran by the contract. `status` is what is to be told; `told` that it was.
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY,
  coordinator TEXT NOT NULL,
  job_id TEXT NOT NULL,
  runner_name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'failed')),
  error_message TEXT,
  scrapers TEXT NOT NULL DEFAULT '[]',
  total INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER NOT NULL,
  UNIQUE (coordinator, job_id)
) STRICT;

-- What was found: one row for each SKU on each scraper of such a job.
CREATE TABLE IF NOT EXISTS outcomes (
  id INTEGER PRIMARY KEY,
  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  sku TEXT NOT NULL,
  scraper TEXT NOT NULL,
  outcome TEXT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (job, sku, scraper)
) STRICT;

-- What a coordinator refused, with its words. Kept until a person decides.
CREATE TABLE IF NOT EXISTS dead (
  id INTEGER PRIMARY KEY,
  coordinator TEXT NOT NULL,
  job_id TEXT NOT NULL,
  sku TEXT NOT NULL,
  scraper TEXT NOT NULL,
  body BLOB NOT NULL,
  words TEXT NOT NULL,
  buried_at INTEGER NOT NULL
) STRICT;

-- The fleet protocol. A claim is written before it is sent, so that its lease can be asked for again.
CREATE TABLE IF NOT EXISTS claims (
  coordinator TEXT NOT NULL,
  claim_key TEXT NOT NULL,
  max_tasks INTEGER NOT NULL,
  PRIMARY KEY (coordinator, claim_key)
) STRICT;

-- Leases that this machine holds, to be given back when it comes up again.
CREATE TABLE IF NOT EXISTS leases (
  coordinator TEXT NOT NULL,
  lease_id TEXT NOT NULL,
  PRIMARY KEY (coordinator, lease_id)
) STRICT;

-- Tasks in hand: whoever dies now has died of one of these.
CREATE TABLE IF NOT EXISTS marks (
  coordinator TEXT NOT NULL,
  task_id INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (coordinator, task_id)
) STRICT;

-- Results on their way home, one row each.
CREATE TABLE IF NOT EXISTS spool (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  coordinator TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS spool_of ON spool (coordinator, id);
