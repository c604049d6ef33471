-- name: legacy_upsert
-- A contract runner's `running`: the same key, name, job and run are the same lease, for another hour.
-- One that its holder gave back stays so: that `running` was late, or its results come without it.
INSERT INTO leases (id, kind, state, family, runner, claim_key, job_id, granted_at, expires_at)
VALUES (:id, 'legacy', 'live', :family, :runner, :claim_key, :job_id, :now, :expires_at)
ON CONFLICT (family, runner, claim_key)
  DO UPDATE SET state = 'live', ended_at = NULL, expires_at = excluded.expires_at WHERE leases.state <> 'released'
RETURNING id;

-- name: legacy_given_back
-- A contract runner that never said `running` is done: a `running` that comes late finds it so.
INSERT INTO leases (id, kind, state, family, runner, claim_key, job_id, granted_at, expires_at, ended_at)
VALUES (:id, 'legacy', 'released', :family, :runner, :claim_key, :job_id, :now, :now, :now)
ON CONFLICT (family, runner, claim_key) DO NOTHING;

-- name: legacy_live
-- The contract runners still at work on a job.
SELECT id, family, runner FROM leases WHERE job_id = :job_id AND kind = 'legacy' AND state = 'live'
ORDER BY granted_at, id;

-- name: lease_end
-- A lease is over: `released` by its holder, or `lost`.
UPDATE leases SET state = :state, ended_at = :now WHERE id = :id AND state = 'live';

-- name: legacy_end_all
-- A closed job has no contract runners.
UPDATE leases SET state = 'released', ended_at = :now
WHERE job_id = :job_id AND kind = 'legacy' AND state = 'live';

-- name: leases_expired
-- Live leases whose time is over, the longest overdue first.
SELECT id, kind, job_id FROM leases WHERE state = 'live' AND expires_at <= :now
ORDER BY expires_at, id LIMIT :limit;

-- name: leases_amnesty
-- We were away ourselves: nobody's lease ends for that.
UPDATE leases SET expires_at = :until WHERE state = 'live' AND expires_at < :until;

-- name: lease_lock
-- One lease, held until the transaction ends.
SELECT id, kind, state, family, runner, job_id, expires_at FROM leases WHERE id = :id {lock};
