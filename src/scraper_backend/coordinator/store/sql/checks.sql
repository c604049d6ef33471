-- name: check_counters
-- Jobs whose counters are not what their tasks say.
SELECT j.id, 'the counters differ from the tasks' FROM jobs j LEFT JOIN (
  SELECT job_id, COUNT(*) AS total, COUNT(*) - COUNT(outcome) AS open_n,
    SUM(CASE WHEN outcome = 'found' THEN 1 ELSE 0 END) AS found_n,
    SUM(CASE WHEN outcome = 'not_found' THEN 1 ELSE 0 END) AS not_found_n,
    SUM(CASE WHEN outcome = 'ambiguous' THEN 1 ELSE 0 END) AS ambiguous_n,
    SUM(CASE WHEN outcome = 'mismatch' THEN 1 ELSE 0 END) AS mismatch_n,
    SUM(CASE WHEN outcome = 'blocked' THEN 1 ELSE 0 END) AS blocked_n,
    SUM(CASE WHEN outcome = 'drifted' THEN 1 ELSE 0 END) AS drifted_n,
    SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed_n,
    SUM(CASE WHEN outcome = 'quarantined' THEN 1 ELSE 0 END) AS quarantined_n
  FROM tasks GROUP BY job_id) c ON c.job_id = j.id
WHERE j.total <> COALESCE(c.total, 0) OR j.open_n <> COALESCE(c.open_n, 0) OR j.found_n <> COALESCE(c.found_n, 0)
  OR j.not_found_n <> COALESCE(c.not_found_n, 0) OR j.ambiguous_n <> COALESCE(c.ambiguous_n, 0)
  OR j.mismatch_n <> COALESCE(c.mismatch_n, 0) OR j.blocked_n <> COALESCE(c.blocked_n, 0)
  OR j.drifted_n <> COALESCE(c.drifted_n, 0) OR j.failed_n <> COALESCE(c.failed_n, 0)
  OR j.quarantined_n <> COALESCE(c.quarantined_n, 0)
ORDER BY j.id LIMIT 100;

-- name: check_open_jobs
-- Jobs that are over although tasks are open, or go on although none is.
SELECT id, CASE WHEN ended_at IS NULL THEN 'no task is open, but the job goes on' ELSE 'the job is over, but tasks are open' END
FROM jobs WHERE (ended_at IS NULL) = (open_n = 0) ORDER BY id LIMIT 100;

-- name: check_leases
-- Tasks held by a lease that is over.
SELECT t.job_id, 'a task is held by a lease that is over' FROM tasks t JOIN leases l ON l.id = t.lease_id
WHERE t.state = 'leased' AND l.state <> 'live' ORDER BY t.id LIMIT 100;

-- name: check_results
-- Successes without data, and results of tasks that are open or ended otherwise.
SELECT t.job_id, 'a task ended as ' || COALESCE(t.outcome, 'open') || ', its result says ' || COALESCE(r.outcome, 'nothing')
FROM tasks t LEFT JOIN results r ON r.task_id = t.id
WHERE (t.outcome = 'found' AND r.task_id IS NULL)
  OR (r.task_id IS NOT NULL AND (t.outcome IS NULL OR t.outcome <> r.outcome))
ORDER BY t.id LIMIT 100;

-- name: check_attempts
-- Grants without the attempt that proves them.
SELECT t.job_id, 'a task is granted without an attempt' FROM tasks t JOIN leases l ON l.id = t.lease_id
LEFT JOIN attempts a ON a.task_id = t.id AND a.attempt = t.attempt
WHERE t.state = 'leased' AND l.kind = 'queue' AND a.task_id IS NULL ORDER BY t.id LIMIT 100;
