-- name: progress_of
-- How far a job is: tasks by scraper and how they stand.
SELECT scraper, COALESCE(outcome, CASE WHEN state = 'leased' THEN 'leased' ELSE 'waiting' END), COUNT(*)
FROM tasks WHERE job_id = :job_id GROUP BY 1, 2 ORDER BY 1, 2;

-- name: progress_runners
-- Who answered how many tasks of a job, how many of them with a product, and when last.
SELECT r.runner, COUNT(*), SUM(CASE WHEN t.outcome = 'found' THEN 1 ELSE 0 END), MAX(r.received_at)
FROM tasks t JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id GROUP BY r.runner ORDER BY r.runner;

-- name: progress_working
-- Who holds tasks of a job now, and how many.
SELECT l.runner, COUNT(*) FROM leases l CROSS JOIN tasks t
WHERE l.state = 'live' AND t.lease_id = l.id AND t.state = 'leased' AND t.job_id = :job_id
GROUP BY l.runner ORDER BY l.runner;

-- name: results_newest
-- The tasks of a job that ended last, before a moment and a task, the newest first.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.reason, t.revision, t.ended_at, r.data, r.detail, r.runner,
  r.scraped_at, r.received_at
FROM tasks t LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id AND t.ended_at IS NOT NULL
  AND (t.ended_at < :ended_at OR (t.ended_at = :ended_at AND t.id < :before))
  AND (CAST(:outcome AS TEXT) IS NULL OR t.outcome = :outcome)
  AND (CAST(:scraper AS TEXT) IS NULL OR t.scraper = :scraper)
ORDER BY t.ended_at DESC, t.id DESC LIMIT :limit;

-- name: results_of_sku
-- The ended tasks of one SKU of a job.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.reason, t.revision, t.ended_at, r.data, r.detail, r.runner,
  r.scraped_at, r.received_at
FROM tasks t LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id AND t.sku = :sku AND t.outcome IS NOT NULL ORDER BY t.id;

-- name: result_of_task
-- One ended task of a job.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.reason, t.revision, t.ended_at, r.data, r.detail, r.runner,
  r.scraped_at, r.received_at
FROM tasks t LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id AND t.id = :task_id AND t.outcome IS NOT NULL;

-- name: logs_newest
-- What runners said of a job before a line, the newest first.
SELECT id, runner, at, level, event, facts FROM logs
WHERE job_id = :job_id AND id < :before
  AND (CAST(:runner AS TEXT) IS NULL OR runner = :runner)
  AND (:least = 0 OR CASE level WHEN 'debug' THEN 0 WHEN 'info' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END >= :least)
  AND (CAST(:word AS TEXT) IS NULL OR LOWER(event || ' ' || facts) LIKE :word ESCAPE '!')
ORDER BY id DESC LIMIT :limit;

-- name: compared_tasks
-- The next tasks of one job beside the same SKU and scraper of another, where that has ended too.  The first
-- job's tasks are picked before they are joined: else PostgreSQL would hash the whole other job for each page.
SELECT a.id, a.sku, a.scraper, a.outcome, b.outcome, ra.data, rb.data
FROM (SELECT id, sku, scraper, outcome FROM tasks
  WHERE job_id = :job_id AND id > :after AND outcome IS NOT NULL ORDER BY id LIMIT :limit) AS a
LEFT JOIN tasks b ON b.job_id = :other AND b.sku = a.sku AND b.scraper = a.scraper AND b.outcome IS NOT NULL
LEFT JOIN results ra ON ra.task_id = a.id LEFT JOIN results rb ON rb.task_id = b.id
ORDER BY a.id;

-- name: jobs_alike
-- The jobs before this one that share a scraper with it, the newest first.
SELECT j.id, j.created_at, j.skus_n FROM jobs j
WHERE j.created_at < (SELECT created_at FROM jobs WHERE id = :job_id)
  AND EXISTS (SELECT 1 FROM job_scrapers a JOIN job_scrapers b ON b.scraper = a.scraper
    WHERE a.job_id = :job_id AND b.job_id = j.id)
ORDER BY j.created_at DESC, j.id DESC LIMIT :limit;

-- name: scraper_ends
-- How the last tasks that the fleet did for a scraper ended.
SELECT outcome, COUNT(*) FROM (SELECT outcome FROM attempts
  WHERE scraper = :scraper AND ended_at IS NOT NULL AND outcome NOT IN ('released', 'lost') ORDER BY ended_at DESC LIMIT :limit) AS ends
GROUP BY outcome;

-- name: scraper_last_found
-- When a scraper last found a product.
SELECT MAX(seen_at) FROM products WHERE scraper = :scraper;
