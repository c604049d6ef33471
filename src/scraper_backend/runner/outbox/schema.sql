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
