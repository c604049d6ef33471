-- name: forget_which
-- Ended jobs older than their kind is kept, the oldest first.
SELECT j.id FROM jobs j WHERE j.ended_at IS NOT NULL AND j.ended_at < CASE WHEN j.test = 1 THEN CAST(:tests AS BIGINT) ELSE CAST(:jobs AS BIGINT) END
  AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.job_id = j.id OR d.current_job_id = j.id)
ORDER BY j.ended_at LIMIT :limit;

-- name: forget_tasks_next
-- The next tasks of a job to forget.
SELECT id, outcome FROM tasks WHERE job_id = :job_id AND outcome IS NOT NULL ORDER BY id LIMIT :limit;

-- name: forget_results
-- What was reported of these tasks.
DELETE FROM results WHERE task_id IN (SELECT id FROM {each tasks: id bigint});

-- name: forget_attempts
-- Who held them.
DELETE FROM attempts WHERE task_id IN (SELECT id FROM {each tasks: id bigint});

-- name: forget_tasks
-- The tasks themselves.
DELETE FROM tasks WHERE id IN (SELECT id FROM {each tasks: id bigint});

-- name: forget_counted
-- The job's counters follow what is left of it.
UPDATE jobs SET total = total - :total, found_n = found_n - :found, not_found_n = not_found_n - :not_found,
  ambiguous_n = ambiguous_n - :ambiguous, mismatch_n = mismatch_n - :mismatch, blocked_n = blocked_n - :blocked,
  drifted_n = drifted_n - :drifted, failed_n = failed_n - :failed, quarantined_n = quarantined_n - :quarantined,
  cancelled_n = cancelled_n - :cancelled
WHERE id = :job_id;

-- name: forget_leases
-- Contract leases name their job.
DELETE FROM leases WHERE job_id = :job_id;

-- name: forget_schedule
-- A schedule no longer points at the job it made last.
UPDATE schedules SET last_job_id = NULL WHERE last_job_id = :job_id;

-- name: forget_inputs
-- What was asked for.
DELETE FROM job_inputs WHERE job_id = :job_id;

-- name: forget_job_scrapers
-- On which scrapers.
DELETE FROM job_scrapers WHERE job_id = :job_id;

-- name: forget_receipts
-- The crash reports that were taken.
DELETE FROM webhook_receipts WHERE job_id = :job_id;

-- name: forget_job
-- The job.
DELETE FROM jobs WHERE id = :job_id;

-- name: forget_old_leases
-- Leases that are over and under which nothing is left.
DELETE FROM leases WHERE id IN (
  SELECT l.id FROM leases l WHERE l.state <> 'live' AND l.ended_at < :before AND l.kind = 'queue'
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.lease_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.lease_id = l.id AND t.state = 'leased')
  LIMIT :limit);

-- name: forget_logs
-- What runners said long ago.
DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE received_at < :before ORDER BY received_at LIMIT :limit);

-- name: forget_observations
-- History that a newer line has replaced before the time.
DELETE FROM observations WHERE id IN (
  SELECT o.id FROM observations o WHERE o.observed_at < :before AND EXISTS (
    SELECT 1 FROM observations n WHERE n.sku = o.sku AND n.scraper = o.scraper AND n.observed_at > o.observed_at
      AND n.observed_at < :before)
  ORDER BY o.observed_at LIMIT :limit);

-- name: forget_audit
-- Changes made long ago.
DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < :before ORDER BY id LIMIT :limit);

-- name: forget_hosts
-- Hosts that had to rest once and that no configuration names: a redirect, a shop that is gone.
DELETE FROM hosts WHERE host IN (SELECT h.host FROM hosts h WHERE h.paused_until < :before
    AND NOT EXISTS (SELECT 1 FROM scraper_revisions r WHERE r.host = h.host)
    AND NOT EXISTS (SELECT 1 FROM host_shares x WHERE x.host = h.host)
  ORDER BY h.host LIMIT :limit);
