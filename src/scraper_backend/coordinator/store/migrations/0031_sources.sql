-- A configuration as somebody wrote it, with comments and order, beside the revision that it became.
CREATE TABLE scraper_sources (
  scraper TEXT NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (scraper, number),
  FOREIGN KEY (scraper, number) REFERENCES scraper_revisions (scraper, number)
);
