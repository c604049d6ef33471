-- name: audit_insert
-- Who changed what, from what, to what.
INSERT INTO audit (at, actor, action, subject, before, after)
VALUES (:now, :actor, :action, :subject, :before, :after);

-- name: audit_newest
-- The last changes, newest first.
SELECT id, at, actor, action, subject, before, after FROM audit
WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: outbox_insert
-- Something others want to hear of, written with the change itself.
INSERT INTO outbox (topic, body, created_at) VALUES (:topic, :body, :now);
