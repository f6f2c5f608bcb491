#include "outputs/result_schema.h"

namespace loadrun::outputs {

const char* const kResultSchema = R"sql(
PRAGMA application_id = 0x6c6f6164;
PRAGMA user_version = 1;

CREATE TABLE run (
  script TEXT NOT NULL,
  script_sha256 TEXT NOT NULL,
  version TEXT NOT NULL,
  started TEXT NOT NULL,
  seed TEXT NOT NULL,
  workers INTEGER NOT NULL,
  options TEXT NOT NULL,
  duration REAL,
  exit_code INTEGER,
  verdict TEXT,
  reason TEXT,
  validity TEXT
);
CREATE TABLE verdict_reasons (
  rule TEXT NOT NULL, validity TEXT NOT NULL, worker INTEGER, first_second INTEGER NOT NULL,
  last_second INTEGER NOT NULL, text TEXT NOT NULL, advice TEXT NOT NULL
);
CREATE TABLE environment (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE variables (name TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE metrics (name TEXT PRIMARY KEY, type TEXT NOT NULL, contains TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  metric TEXT NOT NULL REFERENCES metrics (name),
  tags TEXT NOT NULL
);
CREATE TABLE counters (series INTEGER NOT NULL, second INTEGER NOT NULL, sum REAL NOT NULL);
CREATE TABLE gauges (
  series INTEGER NOT NULL, second INTEGER NOT NULL, last REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL
);
CREATE TABLE rates (
  series INTEGER NOT NULL, second INTEGER NOT NULL, trues INTEGER NOT NULL, total INTEGER NOT NULL
);
CREATE TABLE trends (
  series INTEGER NOT NULL, second INTEGER NOT NULL, count INTEGER NOT NULL, sum REAL NOT NULL,
  min REAL NOT NULL, max REAL NOT NULL, histogram BLOB NOT NULL
);

CREATE TABLE distributions (
  series INTEGER PRIMARY KEY, count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
  med REAL NOT NULL, p90 REAL NOT NULL, p95 REAL NOT NULL, p99 REAL NOT NULL, histogram BLOB NOT NULL
);
CREATE TABLE summary (metric TEXT NOT NULL, stat TEXT NOT NULL, value REAL, PRIMARY KEY (metric, stat)) WITHOUT ROWID;
CREATE TABLE thresholds (
  metric TEXT NOT NULL, source TEXT NOT NULL, stat TEXT NOT NULL, observed REAL, ok INTEGER NOT NULL,
  window REAL, after REAL, failed_at INTEGER
);
CREATE TABLE checks (
  group_path TEXT NOT NULL, name TEXT NOT NULL, passes INTEGER NOT NULL, fails INTEGER NOT NULL
);
CREATE TABLE errors (
  kind TEXT NOT NULL, file TEXT, line INTEGER, code INTEGER, status INTEGER, message TEXT NOT NULL,
  count INTEGER NOT NULL, example TEXT
);
)sql";

}  // namespace loadrun::outputs
