-- name: ping
-- Whether anybody is there.
SELECT 1;

-- name: key_insert
-- A new key; its secret was shown once and only its hash is kept.
INSERT INTO api_keys (name, bound, family, hash, display, created_at, not_after, predecessor_id)
VALUES (:name, :bound, :family, :hash, :display, :now, :not_after, :predecessor_id)
RETURNING id, name, bound, family, display, scopes, created_at, not_after, rotated_at, revoked_at, last_used_at;

-- name: keys_all
-- Every key there ever was, newest last.
SELECT id, name, bound, family, display, scopes, created_at, not_after, rotated_at, revoked_at, last_used_at
FROM api_keys ORDER BY id;

-- name: key_by_hash
-- The key with this hash, whatever became of it.
SELECT id, name, bound, family, display, scopes, created_at, not_after, rotated_at, revoked_at, last_used_at
FROM api_keys WHERE hash = :hash;

-- name: keys_unrevoked
-- The keys that could still be revoked, to be found by name or number.
SELECT id, name, bound, family, display, scopes, created_at, not_after, rotated_at, revoked_at, last_used_at
FROM api_keys WHERE revoked_at IS NULL ORDER BY id {lock};

-- name: key_revoke
-- From now on the key is nobody's.
UPDATE api_keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL;

-- name: key_rotated
-- The key has a successor: it gives up its name now and ends soon, unless it ends earlier anyway.
UPDATE api_keys SET rotated_at = :now,
  not_after = CASE WHEN not_after IS NOT NULL AND not_after < :not_after THEN not_after ELSE :not_after END
WHERE id = :id;

-- name: key_touch
-- The key was used; written at most once a minute, because every request uses one.
UPDATE api_keys SET last_used_at = :now
WHERE id = :id AND (last_used_at IS NULL OR last_used_at <= :before);

-- name: key_owning
-- The live key that is bound to this runner name, if there is one.
SELECT id FROM api_keys
WHERE bound = :runner AND revoked_at IS NULL AND (not_after IS NULL OR not_after > :now)
ORDER BY id LIMIT 1;
