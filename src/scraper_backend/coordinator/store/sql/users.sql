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

-- name: users_all
-- Everybody, with when they were here and whether a second factor is asked of them.
SELECT u.id, u.name, u.role, u.created_at, u.disabled_at, u.last_login_at, u.totp IS NOT NULL, u.password <> ''
FROM users u ORDER BY u.name;

-- name: user_held
-- One person by name, held until the transaction ends.
SELECT id, name, role, password, disabled_at FROM users WHERE name = :name {lock};

-- name: admins_held
-- The admins who can come in, held, so that two of them cannot remove each other at once.
SELECT id, name, role, password, disabled_at FROM users
WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id {lock};

-- name: user_role
-- What this person may do from now on.
UPDATE users SET role = :role WHERE id = :id;

-- name: user_disable
-- This person may not come in, or may again.
UPDATE users SET disabled_at = :disabled_at WHERE id = :id;

-- name: sessions_of
-- Where a person is signed in, the last seen first.
SELECT hash, agent, address, created_at, last_seen_at FROM sessions
WHERE user_id = :user_id AND expires_at > :now AND last_seen_at > :idle_since ORDER BY last_seen_at DESC, hash;

-- name: session_end_of
-- End one session of this person.
DELETE FROM sessions WHERE user_id = :user_id AND hash = :hash;

-- name: sessions_end_others
-- End every session of this person but one.
DELETE FROM sessions WHERE user_id = :user_id AND hash <> :hash;

-- name: link_owner
-- Whom a link that is still good was made for.
SELECT user_id, expires_at FROM links WHERE hash = :hash AND purpose = :purpose AND expires_at > :now;

-- name: links_of_user
-- Take back this person's links of a purpose.
DELETE FROM links WHERE purpose = :purpose AND user_id = :user_id;

-- name: factor_of
-- A person's second factor: what is asked, what is being set up, and the last step used.
SELECT totp, totp_pending, totp_step FROM users WHERE id = :id;

-- name: factor_pend
-- A second factor that its owner has not confirmed yet.
UPDATE users SET totp_pending = :sealed WHERE id = :id;

-- name: factor_keep
-- The pending factor is asked from now on; the code that confirmed it is used up.
UPDATE users SET totp = totp_pending, totp_pending = NULL, totp_step = :step
WHERE id = :id AND totp_pending IS NOT NULL;

-- name: factor_drop
-- No second factor any more.
UPDATE users SET totp = NULL, totp_pending = NULL, totp_step = NULL WHERE id = :id;

-- name: factor_step
-- Use up a code: its step must be later than the last one that was used.
UPDATE users SET totp_step = :step WHERE id = :id AND (totp_step IS NULL OR totp_step < :step);

-- name: recovery_add
-- Codes for the day the phone is gone.
INSERT INTO recovery_codes (user_id, hash)
SELECT CAST(:user_id AS BIGINT), codes.hash FROM {each codes: hash text};

-- name: recovery_use
-- Use up a recovery code.
DELETE FROM recovery_codes WHERE user_id = :user_id AND hash = :hash;

-- name: recovery_n
-- How many are left.
SELECT count(*) FROM recovery_codes WHERE user_id = :user_id;

-- name: recovery_drop
-- The codes go with the factor.
DELETE FROM recovery_codes WHERE user_id = :user_id;
