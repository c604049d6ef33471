-- Old history is found by its age when it is forgotten.
CREATE INDEX observations_age ON observations (observed_at);
