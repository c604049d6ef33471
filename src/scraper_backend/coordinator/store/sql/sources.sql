-- name: source_keep
-- How a revision was written; the last writer's comments stay.
INSERT INTO scraper_sources (scraper, number, text, saved_by, saved_at) VALUES (:scraper, :number, :text, :by, :now)
ON CONFLICT (scraper, number) DO UPDATE SET text = excluded.text, saved_by = excluded.saved_by, saved_at = excluded.saved_at;

-- name: source_of
-- How a revision was written; nothing for one that never was a text.
SELECT text FROM scraper_sources WHERE scraper = :scraper AND number = :number;
