-- name: draft_number
-- The number of the next draft: below zero, and below every one there is.
SELECT COALESCE(MIN(number), 0) - 1 FROM scraper_revisions WHERE scraper = :scraper AND number < 0;

-- name: draft_ground
-- A scraper that exists in drafts only; nothing when there is one.
INSERT INTO scrapers (name, revision, disabled, created_at, updated_at) VALUES (:name, 0, 0, :now, :now)
ON CONFLICT (name) DO NOTHING;

-- name: draft_add
-- A draft with its test job, and the job of the revision it is compared with.
INSERT INTO drafts (job_id, current_job_id, scraper, number, base, text, created_by, created_at)
VALUES (:job_id, :current_job_id, :scraper, :number, :base, :text, :by, :now);

-- name: draft_by_job
-- The draft that this test job tries.
SELECT job_id, current_job_id, scraper, number, base, text, created_by, created_at FROM drafts WHERE job_id = :job_id;

-- name: drafts_old
-- Drafts whose day is over.
SELECT job_id, current_job_id, scraper, number, base, text, created_by, created_at FROM drafts
WHERE created_at < :before ORDER BY created_at LIMIT 20;

-- name: draft_drop
-- A draft goes.
DELETE FROM drafts WHERE job_id = :job_id;

-- name: draft_revision_drop
-- Its revision goes with it.
DELETE FROM scraper_revisions WHERE scraper = :scraper AND number = :number AND number < 0;

-- name: draft_ground_drop
-- So does a scraper that was never saved, with its last draft.
DELETE FROM scrapers WHERE name = :scraper AND revision = 0
  AND NOT EXISTS (SELECT 1 FROM scraper_revisions r WHERE r.scraper = :scraper);

-- name: revision_document
-- The document of one revision, drafts included.
SELECT document FROM scraper_revisions WHERE scraper = :scraper AND number = :number;
