-- name: health_recent
-- How the newest reported results ended, of every scraper or of one, tests apart.
SELECT latest.scraper, latest.outcome, r.data, r.runner, r.received_at
FROM (SELECT n.task_id, t.scraper, t.outcome FROM
    (SELECT task_id FROM results ORDER BY task_id DESC LIMIT :window) AS n
  JOIN tasks t ON t.id = n.task_id JOIN jobs j ON j.id = t.job_id
  WHERE j.test = 0 AND (CAST(:scraper AS TEXT) IS NULL OR t.scraper = :scraper)) AS latest
JOIN results r ON r.task_id = latest.task_id
ORDER BY latest.task_id DESC LIMIT :limit;

-- name: health_of_runner
-- How a runner's newest results ended, by site.
SELECT t.scraper, t.outcome, COUNT(*), MAX(latest.received_at) FROM
  (SELECT task_id, runner, received_at FROM results ORDER BY task_id DESC LIMIT :window) AS latest
JOIN tasks t ON t.id = latest.task_id
WHERE latest.runner = :runner GROUP BY t.scraper, t.outcome ORDER BY t.scraper, t.outcome;

-- name: work_of_runners
-- What runners hold at this moment.
SELECT l.runner, t.job_id, t.scraper, COUNT(*), SUM(t.started) FROM leases l
JOIN tasks t ON t.lease_id = l.id AND t.state = 'leased'
WHERE l.state = 'live' GROUP BY l.runner, t.job_id, t.scraper ORDER BY l.runner, t.job_id, t.scraper;

-- name: runner_named
-- One runner.
SELECT name, metadata, capabilities, labels, draining, note, spool_n, registered_at, last_seen_at
FROM runners WHERE name = :name;

-- name: runner_remove
-- Forget a runner; it is here again when it registers.
DELETE FROM runners WHERE name = :name;

-- name: runner_note
-- What people should know of this runner.
UPDATE runners SET note = :note WHERE name = :name;
