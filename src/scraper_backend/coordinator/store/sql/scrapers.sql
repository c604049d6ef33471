-- name: scrapers_all
-- Every scraper with its current revision, by name.
SELECT s.name, s.revision, s.disabled, s.host, s.needs, s.paused_at, s.pause_reason, s.created_at, s.updated_at,
  r.document, r.sha
FROM scrapers s JOIN scraper_revisions r ON r.scraper = s.name AND r.number = s.revision
ORDER BY s.name;

-- name: scraper_names
-- The names alone, to tell a stranger which there are.
SELECT name FROM scrapers ORDER BY name;

-- name: scraper_by_name
-- One scraper with its current revision.
SELECT s.name, s.revision, s.disabled, s.host, s.needs, s.paused_at, s.pause_reason, s.created_at, s.updated_at,
  r.document, r.sha
FROM scrapers s JOIN scraper_revisions r ON r.scraper = s.name AND r.number = s.revision
WHERE s.name = :name;

-- name: scraper_lock
-- Hold the scraper's row, so that two savers number their revisions one after the other.
SELECT revision FROM scrapers WHERE name = :name {lock};

-- name: scraper_insert
-- A scraper nobody had; two who save it at once are told apart by the second finding it there.
INSERT INTO scrapers (name, revision, disabled, host, needs, created_at, updated_at)
VALUES (:name, 1, :disabled, :host, :needs, :now, :now)
ON CONFLICT (name) DO NOTHING;

-- name: scraper_update
-- The scraper's current revision and what follows from its document.
UPDATE scrapers SET revision = :revision, disabled = :disabled, host = :host, needs = :needs, updated_at = :now
WHERE name = :name;

-- name: scraper_switch
-- Enabled or disabled, with the same document.
UPDATE scrapers SET disabled = :disabled, updated_at = :now WHERE name = :name AND disabled <> :disabled;

-- name: revision_insert
-- A revision is never changed afterwards: what a result was made with can always be read.
INSERT INTO scraper_revisions (scraper, number, document, sha, created_at, created_by)
VALUES (:scraper, :number, :document, :sha, :now, :by);

-- name: revisions_of
-- All revisions of one scraper, oldest first.
SELECT scraper, number, document, sha, created_at, created_by FROM scraper_revisions
WHERE scraper = :scraper ORDER BY number;
