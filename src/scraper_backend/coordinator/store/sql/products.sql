-- name: products_fitting
-- The SKUs that fit, after a SKU, in their order: a walk along the primary key that stops when a page is full.
-- Each condition is off while its parameter is NULL; a word counts wherever it stands in SKU, title or brand.
SELECT DISTINCT p.sku FROM products p
WHERE p.sku > :after
  AND (CAST(:scraper AS TEXT) IS NULL OR p.scraper = :scraper)
  AND (CAST(:availability AS TEXT) IS NULL OR p.availability = :availability)
  AND (CAST(:lacks AS TEXT) IS NULL OR (:lacks = 'price' AND p.price IS NULL)
    OR (:lacks = 'images' AND p.images_n = 0) OR (:lacks = 'title' AND p.title IS NULL))
  AND (CAST(:changed_since AS BIGINT) IS NULL OR p.changed_at >= :changed_since)
  AND (CAST(:seen_before AS BIGINT) IS NULL OR p.seen_at < :seen_before)
  AND (CAST(:word1 AS TEXT) IS NULL OR p.words LIKE :word1 ESCAPE '!')
  AND (CAST(:word2 AS TEXT) IS NULL OR p.words LIKE :word2 ESCAPE '!')
  AND (CAST(:word3 AS TEXT) IS NULL OR p.words LIKE :word3 ESCAPE '!')
ORDER BY p.sku LIMIT :limit;

-- name: products_named
-- The same for words alone: the index has all that is asked for.
SELECT DISTINCT p.sku FROM products p
WHERE p.sku > :after AND p.words LIKE :word1 ESCAPE '!'
  AND (CAST(:word2 AS TEXT) IS NULL OR p.words LIKE :word2 ESCAPE '!')
  AND (CAST(:word3 AS TEXT) IS NULL OR p.words LIKE :word3 ESCAPE '!')
ORDER BY p.sku LIMIT :limit;

-- name: products_of
-- What every scraper says of these SKUs now.
SELECT p.sku, p.scraper, p.title, p.brand, p.price, p.currency, p.availability, p.images_n, p.url, p.job_id, p.task_id,
  p.first_seen_at, p.changed_at, p.seen_at
FROM {each skus: sku text} CROSS JOIN products p WHERE p.sku = skus.sku ORDER BY p.sku, p.scraper;

-- name: product_scrapers
-- Which scrapers have products: a jump from name to name along the index, not a look at every product.
WITH RECURSIVE names (name) AS (
  SELECT MIN(scraper) FROM products
  UNION ALL
  SELECT (SELECT MIN(p.scraper) FROM products p WHERE p.scraper > names.name) FROM names WHERE names.name IS NOT NULL)
SELECT name FROM names WHERE name IS NOT NULL;

-- name: product_history
-- What each scraper said of one SKU, the newest first: the last so many of each.
SELECT scraper, observed_at, price, currency, availability FROM (
  SELECT scraper, observed_at, price, currency, availability,
    ROW_NUMBER() OVER (PARTITION BY scraper ORDER BY observed_at DESC, id DESC) AS place
  FROM observations WHERE sku = :sku) AS told
WHERE place <= :limit ORDER BY scraper, observed_at;

-- name: product_documents
-- All values of one SKU as each scraper last said them.
SELECT p.scraper, (SELECT o.data FROM observations o WHERE o.sku = p.sku AND o.scraper = p.scraper
  ORDER BY o.observed_at DESC, o.id DESC LIMIT 1)
FROM products p WHERE p.sku = :sku ORDER BY p.scraper;

-- name: product_sources
-- Where the current values of one SKU come from: the task, its revision, its runner, what was told beside them.
SELECT p.scraper, p.job_id, t.id, t.revision, t.attempt, r.runner, r.source, r.scraped_at, r.received_at, r.detail
FROM products p
LEFT JOIN tasks t ON t.id = p.task_id AND t.job_id = p.job_id
LEFT JOIN results r ON r.task_id = t.id
WHERE p.sku = :sku ORDER BY p.scraper;

-- name: products_export
-- What the scrapers say now with all of their values, after a SKU and scraper.
SELECT p.sku, p.scraper, p.first_seen_at, p.changed_at, p.seen_at, p.images_n,
  (SELECT o.data FROM observations o WHERE o.sku = p.sku AND o.scraper = p.scraper
   ORDER BY o.observed_at DESC, o.id DESC LIMIT 1)
FROM {each skus: sku text} CROSS JOIN products p
WHERE p.sku = skus.sku AND (CAST(:scraper AS TEXT) IS NULL OR p.scraper = :scraper)
ORDER BY p.sku, p.scraper;
