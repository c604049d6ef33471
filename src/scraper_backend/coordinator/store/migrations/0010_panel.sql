-- What the panel asks while a job runs: which results came last, and who sent them, without reading them.
CREATE INDEX tasks_ended ON tasks (job_id, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX results_runner ON results (task_id, runner, received_at);
-- When a scraper last found anything.
CREATE INDEX products_seen ON products (scraper, seen_at);
