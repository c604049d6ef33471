-- name: setting_get
-- What people have chosen under this name.
SELECT value FROM settings WHERE name = :name;

-- name: setting_put
-- Choose something else.
INSERT INTO settings (name, value, updated_at) VALUES (:name, :value, :now)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: setting_drop
-- Choose nothing.
DELETE FROM settings WHERE name = :name;

-- name: audit_page
-- Changes by whom, of what, to what; newest first.
SELECT id, at, actor, action, subject, before, after FROM audit
WHERE id < :before AND (CAST(:actor AS TEXT) IS NULL OR actor = :actor)
  AND (CAST(:kind AS TEXT) IS NULL OR action LIKE :kind || '.%')
  AND (CAST(:subject AS TEXT) IS NULL OR subject = :subject)
  AND at >= :since
ORDER BY id DESC LIMIT :limit;

-- name: audit_actors
-- Who has changed something lately.
SELECT DISTINCT actor FROM (SELECT actor FROM audit ORDER BY id DESC LIMIT 5000) AS latest ORDER BY actor;
