"""The SQLite file between buffer and forwarder: readings in order, and how far they have been forwarded."""

import os
import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  sensor TEXT NOT NULL,
  value REAL NOT NULL,
  quality INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS forwarded (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), last_id INTEGER NOT NULL);
INSERT OR IGNORE INTO forwarded VALUES (1, 0);
"""


def open_store():
    """WAL lets the forwarder read while the buffer writes; NORMAL spares an SD card most of its syncs."""
    database = sqlite3.connect(os.environ.get("DATABASE", "readings.db"), timeout=10, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(SCHEMA)
    return database
