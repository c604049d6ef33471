-- name: scrapers_all
-- Every scraper with its current revision, by name.
SELECT s.name, s.revision, s.disabled, s.paused_at, s.pause_reason, s.created_at, s.updated_at,
  r.document, r.sha
FROM scrapers s JOIN scraper_revisions r ON r.scraper = s.name AND r.number = s.revision
ORDER BY s.name;

-- name: scraper_names
-- The names alone, to tell a stranger which there are.
SELECT name FROM scrapers WHERE revision > 0 ORDER BY name;

-- name: scraper_by_name
-- One scraper with its current revision.
SELECT s.name, s.revision, s.disabled, s.paused_at, s.pause_reason, s.created_at, s.updated_at,
  r.document, r.sha
FROM scrapers s JOIN scraper_revisions r ON r.scraper = s.name AND r.number = s.revision
WHERE s.name = :name;

-- name: scraper_lock
-- Hold the scraper's row, so that two savers number their revisions one after the other; one that exists
-- in drafts only is none yet.
SELECT revision FROM scrapers WHERE name = :name AND revision > 0 {lock};

-- name: scraper_insert
-- A scraper nobody had; two who save it at once are told apart by the second finding it there.
INSERT INTO scrapers (name, revision, disabled, created_at, updated_at)
VALUES (:name, 1, :disabled, :now, :now)
ON CONFLICT (name) DO UPDATE SET revision = 1, disabled = excluded.disabled, created_at = excluded.created_at,
  updated_at = excluded.updated_at WHERE scrapers.revision = 0;

-- name: scraper_update
-- The scraper's current revision and switch.
UPDATE scrapers SET revision = :revision, disabled = :disabled, updated_at = :now
WHERE name = :name;

-- name: scraper_switch
-- Enabled or disabled, with the same document.
UPDATE scrapers SET disabled = :disabled, updated_at = :now WHERE name = :name AND disabled <> :disabled;

-- name: revision_insert
-- A revision is never changed afterwards: what a result was made with can always be read.
INSERT INTO scraper_revisions (scraper, number, document, sha, host, per_second, concurrency, needs, created_at,
  created_by)
VALUES (:scraper, :number, :document, :sha, :host, :per_second, :concurrency, :needs, :now, :by);

-- name: revisions_of
-- All revisions of one scraper, oldest first.
SELECT scraper, number, document, sha, created_at, created_by FROM scraper_revisions
WHERE scraper = :scraper AND number > 0 ORDER BY number;

-- name: scraper_pause
-- A site that refuses us, or that a person gives a rest; nothing happens if it rests already.
UPDATE scrapers SET paused_at = :now, pause_reason = :reason, updated_at = :now
WHERE name = :name AND paused_at IS NULL;

-- name: scraper_resume
-- What came before is forgotten when the site is judged again.
UPDATE scrapers SET paused_at = NULL, pause_reason = NULL, resumed_at = :now, updated_at = :now
WHERE name = :name AND paused_at IS NOT NULL;

-- name: scraper_recent
-- How the last tasks of a scraper ended, since it was last resumed, newest first.
SELECT a.runner, a.outcome FROM attempts a
WHERE a.scraper = :scraper AND a.ended_at IS NOT NULL
  AND a.ended_at >= (SELECT COALESCE(resumed_at, 0) FROM scrapers WHERE name = :scraper)
  AND a.outcome NOT IN ('released', 'lost', 'robots')
ORDER BY a.ended_at DESC, a.task_id DESC LIMIT :limit;
