-- Every claim and heartbeat asks what a runner holds now; the leases of its whole history are no part of that.
CREATE INDEX leases_of_runner ON leases (family, runner) WHERE state = 'live';
