-- name: user_add
-- A new person; nothing when the name is taken.
INSERT INTO users (name, password, role, created_at) VALUES (:name, :password, :role, :now)
ON CONFLICT (name) DO NOTHING
RETURNING id, name, role, password, disabled_at;

-- name: user_named
-- The person with this name.
SELECT id, name, role, password, disabled_at FROM users WHERE name = :name;

-- name: user_numbered
-- The person with this number.
SELECT id, name, role, password, disabled_at FROM users WHERE id = :id;

-- name: user_first_admin
-- The admin who has been here longest: whom a link from the terminal signs in.
SELECT id, name, role, password, disabled_at FROM users
WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id LIMIT 1;

-- name: users_n
-- How many people there are, disabled ones included.
SELECT count(*) FROM users;

-- name: user_password
-- Keep a hash made with newer parameters.
UPDATE users SET password = :password WHERE id = :id;

-- name: user_signed_in
-- When this person last signed in.
UPDATE users SET last_login_at = :now WHERE id = :id;

-- name: session_add
-- A person signed in; what their browser holds is kept as a hash only.
INSERT INTO sessions (hash, user_id, csrf, agent, address, created_at, last_seen_at, expires_at)
VALUES (:hash, :user_id, :csrf, :agent, :address, :now, :now, :expires_at);

-- name: session_live
-- A session that is neither over nor idle for too long, of a person who may still come in.
SELECT s.hash, s.user_id, u.name, u.role, s.csrf, s.last_seen_at
FROM sessions AS s JOIN users AS u ON u.id = s.user_id
WHERE s.hash = :hash AND s.expires_at > :now AND s.last_seen_at > :idle_since AND u.disabled_at IS NULL;

-- name: session_seen
-- A sign of life.
UPDATE sessions SET last_seen_at = :now WHERE hash = :hash AND last_seen_at < :now;

-- name: session_end
-- Signed out.
DELETE FROM sessions WHERE hash = :hash;

-- name: sessions_sweep
-- Sessions that are over.
DELETE FROM sessions WHERE expires_at <= :now OR last_seen_at <= :idle_since;

-- name: link_add
-- A link that will work once.
INSERT INTO links (hash, purpose, user_id, created_at, expires_at)
VALUES (:hash, :purpose, :user_id, :now, :expires_at);

-- name: link_use
-- Use up a link; its row when it was still good.
DELETE FROM links WHERE hash = :hash AND purpose = :purpose AND expires_at > :now
RETURNING user_id, expires_at;

-- name: link_good
-- Whether a link would still work.
SELECT count(*) FROM links WHERE hash = :hash AND purpose = :purpose AND expires_at > :now;

-- name: links_of
-- Take back every link of this purpose.
DELETE FROM links WHERE purpose = :purpose;

-- name: links_sweep
-- Links that nobody used.
DELETE FROM links WHERE expires_at <= :now;
