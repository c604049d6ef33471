-- A runner that fails at a site where others succeed is not granted that site's tasks for a while.
CREATE TABLE rests (
  runner TEXT NOT NULL,
  scraper TEXT NOT NULL,
  until BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (runner, scraper)
);
-- A runner's shares are looked up at each of its heartbeats and results.
CREATE INDEX host_shares_runner ON host_shares (family, runner);
