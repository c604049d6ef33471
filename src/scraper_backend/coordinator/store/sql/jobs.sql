-- name: job_insert
-- A new job; all its tasks are open, or there are none and it has ended.
INSERT INTO jobs (id, state, test, max_workers, priority, turn, label, skus_n, total, open_n, created_by, created_at, ended_at,
  deadline_at)
VALUES (:id, :state, :test, :max_workers, :priority, :turn, :label, :skus_n, :total, :total, :by, :now, :ended_at, :deadline_at);

-- name: job_input_insert
-- The SKUs as they were asked for, in their order.
INSERT INTO job_inputs (job_id, skus) VALUES (:job_id, :skus);

-- name: job_scrapers_insert
-- The scrapers as they were asked for, each pinned to its revision of today.
INSERT INTO job_scrapers (job_id, position, scraper, revision, disabled)
SELECT CAST(:job_id AS TEXT), scrapers.position, scrapers.scraper, scrapers.revision, scrapers.disabled
FROM {each scrapers: position integer, scraper text, revision integer, disabled integer};

-- name: tasks_insert
-- Every SKU on every scraper, SKU by SKU, so that a site is not asked for all of them in a row.
INSERT INTO tasks (job_id, sku, scraper, revision, state, run_at)
SELECT CAST(:job_id AS TEXT), skus.sku, scrapers.scraper, scrapers.revision, 'ready', CAST(:now AS BIGINT)
FROM {each skus: position integer, sku text}
CROSS JOIN {each scrapers: position integer, scraper text, revision integer}
ORDER BY skus.position, scrapers.position;

-- name: job_by_id
-- One job with its counters.
SELECT id, state, reported, run, test, max_workers, priority, label, skus_n, total, open_n, found_n, not_found_n, ambiguous_n,
  mismatch_n, blocked_n, drifted_n, failed_n, quarantined_n, cancelled_n, error, created_by, created_at, started_at,
  ended_at, paused_at, deadline_at
FROM jobs WHERE id = :id;

-- name: job_lock
-- The same, held until the transaction ends: whoever moves a job's tasks holds its row first.
SELECT id, state, reported, run, test, max_workers, priority, label, skus_n, total, open_n, found_n, not_found_n, ambiguous_n,
  mismatch_n, blocked_n, drifted_n, failed_n, quarantined_n, cancelled_n, error, created_by, created_at, started_at,
  ended_at, paused_at, deadline_at
FROM jobs WHERE id = :id {lock};

-- name: jobs_newest
-- Jobs before a moment, newest first, of one state or of all.
SELECT id, state, reported, run, test, max_workers, priority, label, skus_n, total, open_n, found_n, not_found_n, ambiguous_n,
  mismatch_n, blocked_n, drifted_n, failed_n, quarantined_n, cancelled_n, error, created_by, created_at, started_at,
  ended_at, paused_at, deadline_at
FROM jobs
WHERE created_at < :before AND (CAST(:state AS TEXT) IS NULL OR state = :state)
ORDER BY created_at DESC, id DESC LIMIT :limit;

-- name: job_skus
-- What the job asks for, as one JSON list.
SELECT skus FROM job_inputs WHERE job_id = :job_id;

-- name: job_scrapers
-- The scrapers of a job in their order, with the documents they are pinned to.  One that was
-- disabled since then must not run either, but in a draft's own jobs: that is how it is mended.
SELECT j.scraper, j.revision,
  CASE WHEN j.disabled = 1 OR (s.disabled = 1 AND NOT EXISTS (
    SELECT 1 FROM drafts d WHERE j.job_id IN (d.job_id, d.current_job_id))) THEN 1 ELSE 0 END,
  r.document
FROM job_scrapers j
JOIN scraper_revisions r ON r.scraper = j.scraper AND r.number = j.revision
JOIN scrapers s ON s.name = j.scraper
WHERE j.job_id = :job_id ORDER BY j.position;

-- name: job_scraper_names
-- Which scrapers these jobs have, in their order.
SELECT j.job_id, j.scraper FROM job_scrapers j JOIN {each jobs: id text} ON j.job_id = jobs.id
ORDER BY j.job_id, j.position;

-- name: job_count
-- Move the counters by these differences.
UPDATE jobs SET open_n = open_n + :open, found_n = found_n + :found, not_found_n = not_found_n + :not_found,
  ambiguous_n = ambiguous_n + :ambiguous, mismatch_n = mismatch_n + :mismatch, blocked_n = blocked_n + :blocked,
  drifted_n = drifted_n + :drifted, failed_n = failed_n + :failed, quarantined_n = quarantined_n + :quarantined,
  cancelled_n = cancelled_n + :cancelled
WHERE id = :id;

-- name: job_move
-- The job's state, from the one it was seen in; nothing happens if it has moved on.
UPDATE jobs SET state = :state, ended_at = :ended_at, started_at = COALESCE(started_at, :now)
WHERE id = :id AND state = :expected;

-- name: job_reported
-- What a runner said of the whole job; `completed` outweighs `failed`, whichever came first.
UPDATE jobs SET reported = :reported, error = :error WHERE id = :id;

-- name: tasks_by_key
-- The tasks of a job that these SKUs and scrapers name, with what holds them and what was reported.
-- CROSS JOIN, because SQLite would else go through all tasks of the job for each of the names.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.attempt, t.fails, t.blocks, t.crashes, t.crash_attempt,
  t.started, t.lease_id, l.kind, r.outcome, r.attempt
FROM {each keys: sku text, scraper text}
CROSS JOIN tasks t
LEFT JOIN leases l ON l.id = t.lease_id
LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id AND t.sku = keys.sku AND t.scraper = keys.scraper
ORDER BY t.id;

-- name: tasks_of
-- All tasks of a job in their order, with what holds them and what was reported.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.attempt, t.fails, t.blocks, t.crashes, t.crash_attempt,
  t.started, t.lease_id, l.kind, r.outcome, r.attempt
FROM tasks t LEFT JOIN leases l ON l.id = t.lease_id LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id ORDER BY t.id;

-- name: tasks_end
-- These tasks are over, each in its own way; nobody holds them any more.
UPDATE tasks SET state = ended.state, outcome = ended.outcome, reason = NULL, lease_id = NULL, started = 0,
  ended_at = CAST(:now AS BIGINT)
FROM {each ended: id bigint, state text, outcome text} WHERE tasks.id = ended.id;

-- name: tasks_close
-- Every open task of a job that no queue lease holds ends alike, without a report of its own.
UPDATE tasks SET state = :state, outcome = :outcome, reason = :reason, lease_id = NULL, started = 0, ended_at = :now
WHERE job_id = :job_id AND outcome IS NULL
  AND (lease_id IS NULL OR lease_id IN (SELECT id FROM leases WHERE job_id = :job_id AND kind = 'legacy'));

-- name: tasks_reclose
-- Tasks that ended without a report for one reason end for another.
UPDATE tasks SET state = :state, outcome = :outcome, reason = :reason
WHERE job_id = :job_id AND state = :expected AND reason = :expected_reason;

-- name: tasks_cancel
-- Every open task of a job is cancelled, whoever holds it.
UPDATE tasks SET state = :state, outcome = :outcome, reason = :reason, lease_id = NULL, started = 0, ended_at = :now
WHERE job_id = :job_id AND outcome IS NULL;

-- name: tasks_take
-- A contract runner takes what waits in the job.
UPDATE tasks SET state = 'leased', lease_id = :lease_id, attempt = attempt + 1, started = 0
WHERE job_id = :job_id AND state IN ('ready', 'delayed');

-- name: tasks_hand_over
-- What one contract runner left behind, another still works on.
UPDATE tasks SET lease_id = :lease_id WHERE state = 'leased' AND lease_id = :ended_id;

-- name: tasks_in_fleet
-- Whether a fleet runner, who would have stopped its heartbeats, holds one of the job's tasks.
SELECT EXISTS (SELECT 1 FROM tasks t JOIN leases l ON l.id = t.lease_id
  WHERE t.job_id = :job_id AND t.state = 'leased' AND l.kind = 'queue' AND l.state = 'live');

-- name: receipt_insert
-- A signed report was taken for this run of the job; nothing happens if it was before.
INSERT INTO webhook_receipts (job_id, run, body_sha, received_at) VALUES (:job_id, :run, :body_sha, :now)
ON CONFLICT (job_id, run, body_sha) DO NOTHING;

-- name: tasks_give_back
-- What a contract runner held waits again.
UPDATE tasks SET state = 'ready', lease_id = NULL, started = 0 WHERE state = 'leased' AND lease_id = :lease_id;

-- name: tasks_recount
-- The counters of a job as its tasks have them.
SELECT COALESCE(outcome, 'open'), COUNT(*) FROM tasks WHERE job_id = :job_id GROUP BY 1;
