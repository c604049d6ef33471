-- name: runner_present
-- A runner of the fleet is here, and says what it can do; whether a person asked it to take nothing more.
INSERT INTO runners (name, capabilities, labels, registered_at, last_seen_at)
VALUES (:name, :capabilities, :labels, :now, :now)
ON CONFLICT (name) DO UPDATE SET capabilities = excluded.capabilities, labels = excluded.labels,
  last_seen_at = excluded.last_seen_at
RETURNING draining;

-- name: runner_alive
-- A runner of the fleet is still here, with so many results not yet delivered.
UPDATE runners SET last_seen_at = :now, spool_n = :spool_n WHERE name = :name;

-- name: runner_draining
-- Whether a person asked this runner to take nothing more.
SELECT draining FROM runners WHERE name = :name;

-- name: runners_draining
-- The runners that a person asked to take nothing more.
SELECT name FROM runners WHERE draining = 1;

-- name: runner_drain
-- Ask a runner to take nothing more, or to go on.
UPDATE runners SET draining = :draining, note = :note WHERE name = :name AND draining <> :draining;

-- name: runners_present
-- The runners that were here lately, with what they can do.
SELECT name, capabilities, labels, draining FROM runners WHERE last_seen_at >= :since ORDER BY name;

-- name: queues_ready
-- What could be granted to a runner with these capabilities and labels, in its turn: one row a job and
-- scraper with ready tasks, of jobs and sites that do not rest, nor this runner from them.  A disabled scraper
-- runs in a draft's own jobs: that is how it is mended.  CROSS JOIN keeps SQLite to the open jobs first, where
-- it would read the scrapers of every job there ever was.
SELECT q.job_id, q.scraper, q.revision, j.state, j.test, r.document, r.host, r.per_second, r.concurrency
FROM jobs j
CROSS JOIN job_scrapers q
JOIN scrapers s ON s.name = q.scraper
JOIN scraper_revisions r ON r.scraper = q.scraper AND r.number = q.revision
LEFT JOIN hosts h ON h.host = r.host
WHERE q.job_id = j.id AND j.ended_at IS NULL AND j.paused_at IS NULL AND q.disabled = 0 AND s.paused_at IS NULL
  AND (s.disabled = 0 OR EXISTS (SELECT 1 FROM drafts d WHERE j.id IN (d.job_id, d.current_job_id)))
  AND COALESCE(h.paused_until, 0) <= :now
  AND r.needs IN (SELECT abilities.needs FROM {each abilities: needs text})
  AND j.label IN (SELECT labels.label FROM {each labels: label text})
  AND r.host NOT IN (SELECT without.host FROM {each without: host text})
  AND NOT EXISTS (SELECT 1 FROM rests x WHERE x.runner = :runner AND x.scraper = q.scraper AND x.until > :now)
  AND EXISTS (SELECT 1 FROM tasks t WHERE t.job_id = q.job_id AND t.scraper = q.scraper AND t.state = 'ready')
ORDER BY j.turn, j.id, q.position LIMIT :limit;

-- name: lease_insert
-- A new lease; nothing when this runner has used the claim key before.
INSERT INTO leases (id, kind, state, family, runner, claim_key, params, granted_at, expires_at)
VALUES (:id, 'queue', 'live', :family, :runner, :claim_key, :params, :now, :expires_at)
ON CONFLICT (family, runner, claim_key) DO NOTHING;

-- name: lease_claimed
-- The lease that this claim key stands for.
SELECT id, state, params, expires_at FROM leases
WHERE family = :family AND runner = :runner AND claim_key = :claim_key;

-- name: lease_delete
-- A lease that nothing was granted under never was.
DELETE FROM leases WHERE id = :id;

-- name: lease_renew
-- A sign of life; one row, however many tasks are held.
UPDATE leases SET expires_at = :expires_at WHERE id = :id AND state = 'live';

-- name: leases_renew
-- Results are a sign of life of the leases they name (found by their ids: a key may hold thousands).
UPDATE leases SET expires_at = :expires_at
WHERE id IN (SELECT ids.id FROM {each ids: id text}) AND state = 'live' AND CAST(family AS TEXT) = :family
RETURNING id, runner;

-- name: tasks_grant
-- The first ready tasks of a job at one scraper, for this lease; those another is just taking are skipped.
WITH chosen AS MATERIALIZED (SELECT id FROM tasks
  WHERE job_id = :job_id AND scraper = :scraper AND state = 'ready' ORDER BY id LIMIT :limit {skip_locked})
UPDATE tasks SET state = 'leased', lease_id = :lease_id, attempt = attempt + 1, started = 0
FROM chosen WHERE tasks.id = chosen.id
RETURNING tasks.id, tasks.job_id, tasks.sku, tasks.scraper, tasks.revision, tasks.attempt;

-- name: attempts_insert
-- The proof of every grant under this lease.
INSERT INTO attempts (task_id, attempt, lease_id, scraper, runner, granted_at)
SELECT id, attempt, lease_id, scraper, CAST(:runner AS TEXT), CAST(:now AS BIGINT) FROM tasks
WHERE lease_id = :lease_id AND state = 'leased';

-- name: grants_held
-- What a lease still holds, with everything a runner needs to do it.
SELECT t.id, t.job_id, t.sku, t.scraper, t.revision, t.attempt, j.test, r.document
FROM tasks t
JOIN jobs j ON j.id = t.job_id
JOIN scraper_revisions r ON r.scraper = t.scraper AND r.number = t.revision
WHERE t.lease_id = :lease_id AND t.state = 'leased' ORDER BY t.id;

-- name: attempts_open
-- How many grants under a lease are still unanswered, by job, and whether the job was cancelled.
SELECT t.job_id, j.state, COUNT(*) FROM attempts a JOIN tasks t ON t.id = a.task_id JOIN jobs j ON j.id = t.job_id
WHERE a.lease_id = :lease_id AND a.ended_at IS NULL GROUP BY t.job_id, j.state ORDER BY t.job_id;

-- name: jobs_cancelled_under
-- Cancelled jobs whose grants a runner has not answered yet, under any of its live leases.
SELECT DISTINCT t.job_id FROM leases l
JOIN attempts a ON a.lease_id = l.id AND a.ended_at IS NULL
JOIN tasks t ON t.id = a.task_id
WHERE l.state = 'live' AND l.kind = 'queue' AND l.family = :family AND l.runner = :runner AND t.state = 'cancelled'
ORDER BY t.job_id;

-- name: tasks_kept
-- What a lease still holds.
SELECT id FROM tasks WHERE lease_id = :lease_id AND state = 'leased' ORDER BY id;

-- name: lease_look
-- One lease as it is now.
SELECT id, kind, state, family, runner, job_id, expires_at FROM leases WHERE id = :id;

-- name: attempts_by_key
-- Who really held these tasks at these attempts.
SELECT a.task_id, a.attempt, a.lease_id, a.outcome, l.family, a.runner
FROM {each keys: task_id bigint, attempt integer}
CROSS JOIN attempts a
JOIN leases l ON l.id = a.lease_id
WHERE a.task_id = keys.task_id AND a.attempt = keys.attempt;

-- name: attempts_end
-- These grants have been answered.  A crash may be told of a grant that was given back or lost meanwhile.
UPDATE attempts SET ended_at = CAST(:now AS BIGINT), outcome = ended.outcome
FROM {each ended: task_id bigint, attempt integer, outcome text}
WHERE attempts.task_id = ended.task_id AND attempts.attempt = ended.attempt
  AND (attempts.ended_at IS NULL OR (ended.outcome = 'crash' AND attempts.outcome IN ('released', 'lost')));

-- name: attempts_end_lease
-- What is still unanswered under a lease ends with it.
UPDATE attempts SET ended_at = :now, outcome = :outcome WHERE lease_id = :lease_id AND ended_at IS NULL;

-- name: tasks_started
-- Which of a lease's tasks are in progress: a crash now is blamed on them and on no others.
UPDATE tasks SET started = CASE WHEN id IN (SELECT marks.id FROM {each marks: id bigint}) THEN 1 ELSE 0 END
WHERE lease_id = :lease_id AND state = 'leased'
  AND started <> CASE WHEN id IN (SELECT marks.id FROM {each marks: id bigint}) THEN 1 ELSE 0 END;

-- name: tasks_put
-- Tasks that go on or are given up, with what has been counted against them.
UPDATE tasks SET state = put.state, outcome = put.outcome, reason = put.reason, run_at = put.run_at, fails = put.fails,
  blocks = put.blocks, crashes = put.crashes, crash_attempt = put.crash_attempt,
  lease_id = CASE WHEN put.state = 'leased' THEN tasks.lease_id END,
  started = CASE WHEN put.state = 'leased' THEN tasks.started ELSE 0 END,
  ended_at = CASE WHEN put.outcome IS NULL THEN NULL ELSE CAST(:now AS BIGINT) END
FROM {each put: id bigint, state text, outcome text, reason text, run_at bigint, fails integer, blocks integer, crashes integer, crash_attempt integer}
WHERE tasks.id = put.id;

-- name: tasks_released
-- What an orderly end of a lease gives back, without a penalty.
UPDATE tasks SET state = 'ready', lease_id = NULL, started = 0 WHERE lease_id = :lease_id AND state = 'leased';

-- name: tasks_unstarted
-- What fleet runners hold of a job without having begun it is given back.
UPDATE tasks SET state = 'ready', lease_id = NULL
WHERE job_id = :job_id AND state = 'leased' AND started = 0
  AND lease_id IN (SELECT id FROM leases WHERE kind = 'queue');

-- name: tasks_of_lease
-- The tasks a lease holds, as the rules see them.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.attempt, t.fails, t.blocks, t.crashes, t.crash_attempt,
  t.started, t.lease_id, l.kind, r.outcome, r.attempt
FROM tasks t JOIN leases l ON l.id = t.lease_id LEFT JOIN results r ON r.task_id = t.id
WHERE t.lease_id = :lease_id AND t.job_id = :job_id AND t.state = 'leased' ORDER BY t.id;

-- name: jobs_of_lease
-- The jobs whose tasks a lease holds, in the order they must be held.
SELECT DISTINCT job_id FROM tasks WHERE lease_id = :lease_id AND state = 'leased' ORDER BY job_id;

-- name: tasks_due
-- Delayed tasks whose time has come.
WITH due AS MATERIALIZED (SELECT id FROM tasks
  WHERE state = 'delayed' AND run_at <= :now ORDER BY run_at, id LIMIT :limit {skip_locked})
UPDATE tasks SET state = 'ready' FROM due WHERE tasks.id = due.id AND tasks.state = 'delayed'
RETURNING tasks.id;

-- name: jobs_overdue
-- Open jobs past their deadline with tasks nobody works on.
SELECT id FROM jobs j WHERE ended_at IS NULL AND deadline_at <= :now
  AND EXISTS (SELECT 1 FROM tasks t WHERE t.job_id = j.id AND t.state IN ('ready', 'delayed'))
ORDER BY deadline_at, id LIMIT :limit;

-- name: tasks_overdue
-- What nobody works on fails: as blocked, if it was the site that refused it.
UPDATE tasks SET state = 'failed', outcome = CASE WHEN blocks > 0 THEN 'blocked' ELSE 'failed' END,
  reason = 'deadline', ended_at = :now
WHERE job_id = :job_id AND state IN ('ready', 'delayed')
RETURNING outcome;

-- name: job_pause
-- Grant nothing more of a job.
UPDATE jobs SET paused_at = :now WHERE id = :id AND ended_at IS NULL AND paused_at IS NULL;

-- name: job_resume
-- Grant it again.
UPDATE jobs SET paused_at = NULL WHERE id = :id AND paused_at IS NOT NULL;

-- name: job_retry
-- The job runs again: what was reported of its former run is over.
UPDATE jobs SET state = :state, run = run + 1, reported = NULL, error = NULL, ended_at = NULL, deadline_at = :deadline_at
WHERE id = :id AND state = :expected;

-- name: results_forget
-- The answers of tasks that are asked again.
DELETE FROM results WHERE task_id IN (SELECT t.id FROM tasks t
  WHERE t.job_id = :job_id AND t.outcome IN (SELECT kinds.outcome FROM {each kinds: outcome text}));

-- name: tasks_retry
-- Tasks that ended so wait again, as if for the first time; attempts only ever rise.
UPDATE tasks SET state = 'ready', outcome = NULL, reason = NULL, ended_at = NULL, run_at = :now, fails = 0, blocks = 0,
  crashes = 0, started = 0
WHERE job_id = :job_id AND outcome IN (SELECT kinds.outcome FROM {each kinds: outcome text});

-- name: hosts_note
-- The hosts' rows, which whoever shares out their rates holds.
INSERT INTO hosts (host) SELECT names.host FROM {each names: host text} WHERE true ORDER BY names.host
ON CONFLICT (host) DO NOTHING;

-- name: hosts_lock
-- Hold them, always in the same order.
SELECT host FROM hosts WHERE host IN (SELECT names.host FROM {each names: host text}) ORDER BY host {lock};

-- name: host_pause
-- The host rests for as long as the longest that anybody was told.
INSERT INTO hosts (host, paused_until) VALUES (:host, :until)
ON CONFLICT (host) DO UPDATE SET paused_until = excluded.paused_until
WHERE hosts.paused_until < excluded.paused_until;

-- name: hosts_resting
-- Which hosts rest, and until when.
SELECT host, paused_until FROM hosts WHERE paused_until > :now ORDER BY host;

-- name: shares_of_host
-- How a host's rate is shared out now.
SELECT family, runner, per_second, concurrency FROM host_shares WHERE host = :host AND expires_at > :now;

-- name: share_put
-- One runner's share, or its place in the line for one.
INSERT INTO host_shares (host, family, runner, per_second, concurrency, expires_at)
VALUES (:host, :family, :runner, :per_second, :concurrency, :expires_at)
ON CONFLICT (host, family, runner) DO UPDATE SET per_second = excluded.per_second,
  concurrency = excluded.concurrency, expires_at = excluded.expires_at;

-- name: shares_renew
-- A sign of life keeps a runner's shares as it keeps its leases.
UPDATE host_shares SET expires_at = :expires_at
WHERE family = :family AND runner = :runner AND concurrency > 0 AND expires_at > :now AND expires_at < :expires_at;

-- name: shares_drop
-- A runner keeps its shares of these hosts only, and its places in line.
DELETE FROM host_shares WHERE family = :family AND runner = :runner AND concurrency > 0
  AND host NOT IN (SELECT kept.host FROM {each kept: host text});

-- name: runner_hosts
-- The hosts with a rate that a runner holds tasks for, under any of its leases, and how many.
SELECT r.host, r.per_second, r.concurrency, COUNT(*)
FROM leases l
JOIN tasks t ON t.lease_id = l.id AND t.state = 'leased'
JOIN scraper_revisions r ON r.scraper = t.scraper AND r.number = t.revision
WHERE l.family = :family AND l.runner = :runner AND l.kind = 'queue' AND l.state = 'live' AND r.concurrency > 0
GROUP BY r.host, r.per_second, r.concurrency ORDER BY r.host;

-- name: shares_of_runner
-- What one runner may ask of which host, and until when.
SELECT host, per_second, concurrency, expires_at FROM host_shares
WHERE family = :family AND runner = :runner AND concurrency > 0 ORDER BY host;

-- name: logs_insert
-- Events of a runner; one that was sent before is known by its number.
INSERT INTO logs (runner, seq, at, received_at, level, event, job_id, facts)
SELECT CAST(:runner AS TEXT), events.seq, events.at, CAST(:now AS BIGINT), events.level, events.event, events.job_id,
  events.facts
FROM {each events: seq bigint, at bigint, level text, event text, job_id text, facts text}
WHERE true
ON CONFLICT (runner, seq) DO NOTHING;

-- name: logs_of_job
-- What runners said of a job, after a line.
SELECT id, runner, at, level, event, facts FROM logs WHERE job_id = :job_id AND id > :after ORDER BY id LIMIT :limit;

-- name: queues_waiting
-- What waits in a job, by scraper, with all that could be the reason.
SELECT q.scraper,
  CASE WHEN s.disabled = 1 AND NOT EXISTS (
    SELECT 1 FROM drafts d WHERE q.job_id IN (d.job_id, d.current_job_id)) THEN 1 ELSE 0 END,
  s.paused_at, s.pause_reason, r.needs, r.host, r.concurrency,
  COALESCE(h.paused_until, 0),
  (SELECT COUNT(*) FROM tasks t WHERE t.job_id = q.job_id AND t.scraper = q.scraper AND t.state = 'ready'),
  (SELECT COUNT(*) FROM tasks t WHERE t.job_id = q.job_id AND t.scraper = q.scraper AND t.state = 'delayed'),
  (SELECT MIN(run_at) FROM tasks t WHERE t.job_id = q.job_id AND t.scraper = q.scraper AND t.state = 'delayed'),
  (SELECT COALESCE(SUM(x.concurrency), 0) FROM host_shares x WHERE x.host = r.host AND x.expires_at > :now)
FROM job_scrapers q
JOIN scrapers s ON s.name = q.scraper
JOIN scraper_revisions r ON r.scraper = q.scraper AND r.number = q.revision
LEFT JOIN hosts h ON h.host = r.host
WHERE q.job_id = :job_id AND q.disabled = 0 ORDER BY q.position;
