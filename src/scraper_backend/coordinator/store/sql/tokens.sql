-- name: token_add
-- A bearer token; what is sent is kept as a hash only.
INSERT INTO tokens (user_id, name, hash, display, scopes, created_at, expires_at)
VALUES (:user_id, :name, :hash, :display, :scopes, :now, :expires_at)
RETURNING id;

-- name: token_by_hash
-- A token that still works, of a person who may come in.
SELECT t.id, t.name, u.name AS owner, u.role, t.display, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
FROM tokens t JOIN users u ON u.id = t.user_id
WHERE t.hash = :hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > :now)
  AND u.disabled_at IS NULL;

-- name: tokens_all
-- Every token, or those of one person, the newest first.
SELECT t.id, t.name, u.name AS owner, u.role, t.display, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
FROM tokens t JOIN users u ON u.id = t.user_id
WHERE CAST(:owner AS TEXT) IS NULL OR u.name = :owner ORDER BY t.id DESC;

-- name: token_revoke
-- From now on the token is nobody's.
UPDATE tokens SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: token_touch
-- The token was used; written at most once a minute.
UPDATE tokens SET last_used_at = :now WHERE id = :id AND (last_used_at IS NULL OR last_used_at <= :before);
