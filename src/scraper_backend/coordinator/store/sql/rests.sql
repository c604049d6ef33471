-- name: rest_put
-- The runner is not granted this scraper's tasks until then.
INSERT INTO rests (runner, scraper, until, reason) VALUES (:runner, :scraper, :until, :reason)
ON CONFLICT (runner, scraper) DO UPDATE SET until = excluded.until, reason = excluded.reason;

-- name: rests_of_runner
-- What a runner rests from now.
SELECT runner, scraper, until, reason FROM rests WHERE runner = :runner AND until > :now ORDER BY scraper;

-- name: rests_from_scraper
-- Who rests from a scraper now.
SELECT runner, scraper, until, reason FROM rests WHERE scraper = :scraper AND until > :now ORDER BY runner;

-- name: rest_tasks
-- What the runner holds of the scraper in this job and has not begun waits again.
UPDATE tasks SET state = 'ready', lease_id = NULL
WHERE job_id = :job_id AND scraper = :scraper AND state = 'leased' AND started = 0
  AND lease_id IN (SELECT id FROM leases WHERE kind = 'queue' AND state = 'live' AND family = :family AND runner = :runner);
