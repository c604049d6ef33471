-- The whole schema.  Times are milliseconds since 1970 in UTC; payloads are canonical JSON as TEXT,
-- not jsonb, which refuses what a website may well say.  {serial} is a growing 64-bit identity, {id}
-- the type of a key that names one.

CREATE TABLE runners (
  name TEXT PRIMARY KEY,
  metadata TEXT NOT NULL DEFAULT '{}',
  capabilities TEXT NOT NULL DEFAULT '[]',
  labels TEXT NOT NULL DEFAULT '[]',
  draining INTEGER NOT NULL DEFAULT 0 CHECK (draining IN (0, 1)),
  note TEXT,
  spool_n BIGINT NOT NULL DEFAULT 0,
  registered_at BIGINT NOT NULL,
  last_seen_at BIGINT
);

-- A key with `bound` speaks for that runner only; one without is a fleet key.
-- `family` is shared by a key and the keys it was rotated into: a lease answers to the family.
CREATE TABLE api_keys (
  id {serial},
  name TEXT NOT NULL,
  bound TEXT,
  family TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  display TEXT NOT NULL,
  scopes TEXT NOT NULL DEFAULT '["run"]',
  created_at BIGINT NOT NULL,
  not_after BIGINT,
  rotated_at BIGINT,
  revoked_at BIGINT,
  last_used_at BIGINT,
  predecessor_id BIGINT REFERENCES api_keys (id)
);
CREATE UNIQUE INDEX api_keys_live_name ON api_keys (name) WHERE revoked_at IS NULL AND rotated_at IS NULL;
CREATE INDEX api_keys_bound ON api_keys (bound) WHERE bound IS NOT NULL;

CREATE TABLE scrapers (
  name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  paused_at BIGINT,
  pause_reason TEXT,
  resumed_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- What follows from a document stands beside it: the host with its rate, and what a runner must be able to do.
CREATE TABLE scraper_revisions (
  scraper TEXT NOT NULL REFERENCES scrapers (name),
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  sha TEXT NOT NULL,
  host TEXT NOT NULL,
  per_second DOUBLE PRECISION NOT NULL,
  concurrency INTEGER NOT NULL,
  needs TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (scraper, number)
);

-- A host may have to rest: what one runner was told with Retry-After holds for all of them.  Its rate is
-- shared out between the runners that hold tasks for it; a share of nothing is a runner that waits for one.
CREATE TABLE hosts (
  host TEXT PRIMARY KEY,
  paused_until BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE host_shares (
  host TEXT NOT NULL REFERENCES hosts (host),
  family TEXT NOT NULL,
  runner TEXT NOT NULL,
  per_second DOUBLE PRECISION NOT NULL,
  concurrency INTEGER NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (host, family, runner)
);

-- Every task of a job is counted in exactly one column, open or by its outcome.  `turn` orders the queue:
-- the time of creation, less a head start for the priority, so that whatever waits long enough comes
-- first.  A `label` keeps the job for runners that have it.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  reported TEXT CHECK (reported IN ('failed', 'completed')),
  run INTEGER NOT NULL DEFAULT 1,
  test INTEGER NOT NULL DEFAULT 0 CHECK (test IN (0, 1)),
  max_workers INTEGER NOT NULL CHECK (max_workers >= 1),
  priority INTEGER NOT NULL DEFAULT 0,
  turn BIGINT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  skus_n INTEGER NOT NULL,
  total INTEGER NOT NULL,
  open_n INTEGER NOT NULL CHECK (open_n >= 0),
  found_n INTEGER NOT NULL DEFAULT 0 CHECK (found_n >= 0),
  not_found_n INTEGER NOT NULL DEFAULT 0 CHECK (not_found_n >= 0),
  ambiguous_n INTEGER NOT NULL DEFAULT 0 CHECK (ambiguous_n >= 0),
  mismatch_n INTEGER NOT NULL DEFAULT 0 CHECK (mismatch_n >= 0),
  blocked_n INTEGER NOT NULL DEFAULT 0 CHECK (blocked_n >= 0),
  drifted_n INTEGER NOT NULL DEFAULT 0 CHECK (drifted_n >= 0),
  failed_n INTEGER NOT NULL DEFAULT 0 CHECK (failed_n >= 0),
  quarantined_n INTEGER NOT NULL DEFAULT 0 CHECK (quarantined_n >= 0),
  cancelled_n INTEGER NOT NULL DEFAULT 0 CHECK (cancelled_n >= 0),
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  ended_at BIGINT,
  paused_at BIGINT,
  deadline_at BIGINT,
  CHECK (open_n + found_n + not_found_n + ambiguous_n + mismatch_n + blocked_n + drifted_n + failed_n
         + quarantined_n + cancelled_n = total),
  CHECK ((ended_at IS NULL) = (state IN ('pending', 'running')))
);
CREATE INDEX jobs_newest ON jobs (created_at, id);
CREATE INDEX jobs_open ON jobs (turn, id) WHERE ended_at IS NULL;
CREATE INDEX jobs_deadline ON jobs (deadline_at) WHERE ended_at IS NULL AND deadline_at IS NOT NULL;

-- What was asked for, apart from the counters, so that moving a counter never rewrites it.
CREATE TABLE job_inputs (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id),
  skus TEXT NOT NULL
);
CREATE TABLE job_scrapers (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  position INTEGER NOT NULL,
  scraper TEXT NOT NULL,
  revision INTEGER NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  PRIMARY KEY (job_id, scraper),
  FOREIGN KEY (scraper, revision) REFERENCES scraper_revisions (scraper, number)
);

-- kind `queue`: granted by a claim, kept by heartbeats.  kind `legacy`: taken by a `running` callback
-- over the open tasks of one job.  The same claim key of the same runner is the same lease.
CREATE TABLE leases (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('queue', 'legacy')),
  state TEXT NOT NULL CHECK (state IN ('live', 'released', 'lost')),
  family TEXT NOT NULL,
  runner TEXT NOT NULL,
  claim_key TEXT NOT NULL,
  params TEXT NOT NULL DEFAULT '',
  job_id TEXT REFERENCES jobs (id),
  granted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  UNIQUE (family, runner, claim_key),
  CHECK ((kind = 'legacy') = (job_id IS NOT NULL)),
  CHECK ((state = 'live') = (ended_at IS NULL))
);
CREATE INDEX leases_live ON leases (expires_at) WHERE state = 'live';
CREATE INDEX leases_legacy ON leases (job_id) WHERE kind = 'legacy';

-- One SKU on one scraper.  `attempt` is the fencing token: it rises at every grant and never falls.
CREATE TABLE tasks (
  id {serial},
  job_id TEXT NOT NULL REFERENCES jobs (id),
  sku TEXT NOT NULL,
  scraper TEXT NOT NULL,
  revision INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('ready', 'delayed', 'leased', 'succeeded', 'empty', 'failed', 'quarantined', 'cancelled')),
  outcome TEXT CHECK (outcome IN ('found', 'not_found', 'ambiguous', 'mismatch', 'blocked', 'drifted',
    'failed', 'quarantined', 'cancelled')),
  reason TEXT,
  run_at BIGINT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  fails INTEGER NOT NULL DEFAULT 0,
  blocks INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  crash_attempt INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL DEFAULT 0 CHECK (started IN (0, 1)),
  lease_id TEXT REFERENCES leases (id),
  ended_at BIGINT,
  UNIQUE (job_id, sku, scraper),
  CHECK ((state = 'leased') = (lease_id IS NOT NULL)),
  CHECK ((state IN ('ready', 'delayed', 'leased')) = (outcome IS NULL)),
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
CREATE INDEX tasks_job ON tasks (job_id, id);
CREATE INDEX tasks_ready ON tasks (job_id, scraper, id) WHERE state = 'ready';
CREATE INDEX tasks_delayed ON tasks (run_at, id) WHERE state = 'delayed';
CREATE INDEX tasks_leased ON tasks (lease_id) WHERE state = 'leased';

-- One row a grant by a claim: the proof that a runner really held a task.
CREATE TABLE attempts (
  task_id BIGINT NOT NULL REFERENCES tasks (id),
  attempt INTEGER NOT NULL,
  lease_id TEXT NOT NULL REFERENCES leases (id),
  scraper TEXT NOT NULL,
  runner TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT,
  PRIMARY KEY (task_id, attempt)
);
CREATE INDEX attempts_lease ON attempts (lease_id);
CREATE INDEX attempts_recent ON attempts (scraper, ended_at) WHERE ended_at IS NOT NULL;

-- What was reported of a task.  A closed task without a row here was closed without a report.
CREATE TABLE results (
  task_id {id} PRIMARY KEY REFERENCES tasks (id),
  outcome TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '{}',
  detail TEXT NOT NULL DEFAULT '{}',
  attempt INTEGER,
  runner TEXT NOT NULL DEFAULT '',
  key_id BIGINT REFERENCES api_keys (id),
  source TEXT NOT NULL CHECK (source IN ('callback', 'batch')),
  scraped_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL
);

-- What each scraper last said of an SKU, never from a test; and every change of it.  Both outlive the
-- job they came from, so they name its task without holding it.
CREATE TABLE products (
  sku TEXT NOT NULL,
  scraper TEXT NOT NULL,
  title TEXT,
  brand TEXT,
  price DOUBLE PRECISION,
  currency TEXT,
  availability TEXT,
  images_n INTEGER NOT NULL DEFAULT 0,
  url TEXT,
  sha TEXT NOT NULL,
  job_id TEXT NOT NULL,
  task_id BIGINT NOT NULL,
  first_seen_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (sku, scraper)
);
CREATE INDEX products_scraper ON products (scraper, sku);
CREATE TABLE observations (
  id {serial},
  sku TEXT NOT NULL,
  scraper TEXT NOT NULL,
  observed_at BIGINT NOT NULL,
  price DOUBLE PRECISION,
  currency TEXT,
  availability TEXT,
  data TEXT NOT NULL,
  job_id TEXT NOT NULL,
  task_id BIGINT NOT NULL
);
CREATE INDEX observations_product ON observations (sku, scraper, observed_at);

CREATE TABLE users (
  id {serial},
  name TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  totp TEXT,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  last_login_at BIGINT
);
CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  csrf TEXT NOT NULL,
  agent TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE audit (
  id {serial},
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT,
  after TEXT
);
CREATE INDEX audit_subject ON audit (subject, id);

-- Written in the transaction of the change it tells of; read by notifications and live pages.
CREATE TABLE outbox (
  id {serial},
  topic TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  delivered_at BIGINT
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;

CREATE TABLE webhook_receipts (
  job_id TEXT NOT NULL,
  run INTEGER NOT NULL,
  body_sha TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (job_id, run, body_sha)
);

CREATE TABLE schedules (
  id {serial},
  name TEXT NOT NULL UNIQUE,
  rhythm TEXT NOT NULL,
  request TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  next_at BIGINT,
  last_job_id TEXT REFERENCES jobs (id),
  created_at BIGINT NOT NULL
);
CREATE INDEX schedules_due ON schedules (next_at) WHERE enabled = 1;

CREATE TABLE logs (
  id {serial},
  runner TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  level TEXT NOT NULL,
  event TEXT NOT NULL,
  job_id TEXT,
  facts TEXT NOT NULL DEFAULT '{}',
  UNIQUE (runner, seq)
);
CREATE INDEX logs_job ON logs (job_id, id) WHERE job_id IS NOT NULL;
CREATE INDEX logs_age ON logs (received_at);
