-- name: runner_upsert
-- A runner introduces itself, the first time or again.
INSERT INTO runners (name, metadata, registered_at, last_seen_at) VALUES (:name, :metadata, :now, :now)
ON CONFLICT (name) DO UPDATE SET metadata = excluded.metadata, last_seen_at = excluded.last_seen_at
RETURNING name, metadata, capabilities, labels, draining, note, spool_n, registered_at, last_seen_at;

-- name: runners_all
-- Every runner by name.
SELECT name, metadata, capabilities, labels, draining, note, spool_n, registered_at, last_seen_at
FROM runners ORDER BY name;

-- name: runner_seen
-- A sign of life of a runner that is registered; others stay unknown.
UPDATE runners SET last_seen_at = :now
WHERE name = :name AND (last_seen_at IS NULL OR last_seen_at + 1000 < :now);
