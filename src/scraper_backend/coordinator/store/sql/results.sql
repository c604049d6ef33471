-- name: results_upsert
-- What was reported of these tasks; a better outcome replaces a worse one, as the rule decided.
INSERT INTO results (task_id, outcome, data, detail, attempt, runner, key_id, source, scraped_at, received_at)
SELECT items.task_id, items.outcome, items.data, items.detail, items.attempt, CAST(:runner AS TEXT), CAST(:key_id AS BIGINT),
  CAST(:source AS TEXT), items.scraped_at, CAST(:now AS BIGINT)
FROM {each items: task_id bigint, outcome text, data text, detail text, attempt integer, scraped_at bigint}
WHERE true
ON CONFLICT (task_id) DO UPDATE SET outcome = excluded.outcome, data = excluded.data, detail = excluded.detail,
  attempt = excluded.attempt, runner = excluded.runner, key_id = excluded.key_id, source = excluded.source,
  scraped_at = excluded.scraped_at, received_at = excluded.received_at;

-- name: observations_insert
-- A new line of history for each product whose values differ from what its scraper last said.
INSERT INTO observations (sku, scraper, observed_at, price, currency, availability, data, job_id, task_id)
SELECT items.sku, items.scraper, items.seen_at, items.price, items.currency, items.availability, items.data, CAST(:job_id AS TEXT), items.task_id
FROM {each items: sku text, scraper text, price double precision, currency text, availability text, sha text, task_id bigint, seen_at bigint, data text}
LEFT JOIN products p ON p.sku = items.sku AND p.scraper = items.scraper
WHERE p.sku IS NULL OR p.sha <> items.sha;

-- name: products_upsert
-- What each scraper says of each product now; a result that comes late does not undo a newer one.
INSERT INTO products (sku, scraper, title, brand, price, currency, availability, images_n, url, sha, job_id, task_id,
  first_seen_at, changed_at, seen_at)
SELECT items.sku, items.scraper, items.title, items.brand, items.price, items.currency, items.availability, items.images_n, items.url, items.sha,
  CAST(:job_id AS TEXT), items.task_id, items.seen_at, items.seen_at, items.seen_at
FROM {each items: title text, brand text, images_n integer, url text, sku text, scraper text, price double precision, currency text, availability text, sha text, task_id bigint, seen_at bigint}
WHERE true
ON CONFLICT (sku, scraper) DO UPDATE SET title = excluded.title, brand = excluded.brand, price = excluded.price,
  currency = excluded.currency, availability = excluded.availability, images_n = excluded.images_n, url = excluded.url,
  sha = excluded.sha, job_id = excluded.job_id, task_id = excluded.task_id, seen_at = excluded.seen_at,
  changed_at = CASE WHEN products.sha = excluded.sha THEN products.changed_at ELSE excluded.seen_at END
WHERE products.seen_at <= excluded.seen_at;

-- name: results_page
-- The ended tasks of a job after a task, in the order they were asked for.
SELECT t.id, t.sku, t.scraper, t.state, t.outcome, t.reason, t.revision, t.ended_at, r.data, r.detail, r.runner,
  r.scraped_at, r.received_at
FROM tasks t LEFT JOIN results r ON r.task_id = t.id
WHERE t.job_id = :job_id AND t.id > :after AND t.outcome IS NOT NULL
  AND (CAST(:outcome AS TEXT) IS NULL OR t.outcome = :outcome)
  AND (CAST(:scraper AS TEXT) IS NULL OR t.scraper = :scraper)
ORDER BY t.id LIMIT :limit;

-- name: observations_of
-- The history of one product at one scraper, oldest first.
SELECT observed_at, price, currency, availability, data, job_id, task_id FROM observations
WHERE sku = :sku AND scraper = :scraper ORDER BY observed_at, id;

-- name: products_page
-- What the scrapers say of products now, by SKU, after a SKU.
SELECT sku, scraper, title, brand, price, currency, availability, images_n, url, job_id, task_id, first_seen_at,
  changed_at, seen_at
FROM products WHERE sku > :after ORDER BY sku, scraper LIMIT :limit;
