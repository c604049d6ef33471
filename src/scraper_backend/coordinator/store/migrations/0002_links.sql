-- Links that work once: to make the first admin, and to sign in from a terminal on this machine.
-- Only the hash of what is in the address is kept.
CREATE TABLE links (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('setup', 'sign_in')),
  user_id BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  CHECK ((purpose = 'sign_in') = (user_id IS NOT NULL))
);
CREATE INDEX links_expiry ON links (expires_at);
