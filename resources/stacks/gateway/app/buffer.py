"""Writes every live reading to the SQLite store, one transaction a second, and drops what was forwarded long ago."""

import json
from time import time

from mqtt import Client
from store import open_store

KEEP_FORWARDED_SECONDS = 600
CLEAN_EVERY_SECONDS = 30.0

database = open_store()
waiting = []
last_clean = 0.0


def on_message(topic, payload):
    try:
        message = json.loads(payload)
        waiting.append((message["at"], message["sensor"], message["value"], message["quality"]))
    except (ValueError, KeyError, TypeError) as error:
        print(f"buffer: a message on {topic} is not a reading: {error}", flush=True)


def on_tick():
    global last_clean
    if waiting:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO readings (at, sensor, value, quality) VALUES (?, ?, ?, ?)", waiting)
        database.execute("COMMIT")
        waiting.clear()
    now = time()
    if now - last_clean >= CLEAN_EVERY_SECONDS:
        last_clean = now
        database.execute(
            "DELETE FROM readings WHERE id <= (SELECT last_id FROM forwarded) AND at < ?",
            (now - KEEP_FORWARDED_SECONDS,),
        )


if __name__ == "__main__":
    Client("buffer", topics=["plant/+/reading"], on_message=on_message).run(every_seconds=1.0, on_tick=on_tick)
