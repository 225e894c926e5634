/** Tables of the series, for the list of migrations of the monitoring database. */
export const SERIES_TABLES = `
  CREATE TABLE metrics (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    process  TEXT,          -- the process that offsets are of
    offsets  BLOB           -- what earlier processes counted, by position
  ) STRICT;
  CREATE TABLE series (
    metric   INTEGER NOT NULL,
    position INTEGER NOT NULL, -- of its value in the values of points
    labels   TEXT NOT NULL,    -- JSON
    PRIMARY KEY (metric, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE points (
    resolution_s INTEGER NOT NULL,
    metric       INTEGER NOT NULL,
    t            INTEGER NOT NULL,
    v            BLOB NOT NULL, -- 64-bit floats; NaN where a series has no value
    low          BLOB,          -- of downsampled gauges
    high         BLOB,
    PRIMARY KEY (resolution_s, metric, t)
  ) STRICT, WITHOUT ROWID;`

/** How long points are kept at each resolution, the finest first. The last one has a setting. */
export const RESOLUTIONS = [
  { seconds: 10, keptMs: 2 * 3_600_000 },
  { seconds: 60, keptMs: 3 * 86_400_000 },
  { seconds: 3600, keptMs: Number.POSITIVE_INFINITY },
] as const
