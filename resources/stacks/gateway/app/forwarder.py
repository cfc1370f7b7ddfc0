"""Takes readings from the store in batches, compresses them and publishes them upstream with an acknowledgement.

A batch counts as forwarded when the broker has acknowledged it; after a restart it goes on from there, so a reading
may be sent twice but never lost.
"""

import json
import zlib
from time import monotonic

from mqtt import Client
from store import open_store

BATCH_READINGS = 1000
REPORT_EVERY_SECONDS = 30.0

database = open_store()
# The batch on its way: (packet id, last reading's id), None when the next one may go.
in_flight = None
batches = 0
last_report = None


def report():
    """Says now and then that readings reach the other side; a line a batch would only fill the log."""
    global batches, last_report
    batches += 1
    if last_report is None or monotonic() - last_report >= REPORT_EVERY_SECONDS:
        last_report = monotonic()
        print(f"forwarder: {batches} batches forwarded", flush=True)


def on_connect():
    global in_flight
    in_flight = None


def on_ack(packet_id):
    global in_flight
    if in_flight is not None and in_flight[0] == packet_id:
        database.execute("UPDATE forwarded SET last_id = ?", (in_flight[1],))
        in_flight = None
        report()


def on_tick():
    global in_flight
    if in_flight is not None:
        return
    rows = database.execute(
        "SELECT id, at, sensor, value, quality FROM readings "
        "WHERE id > (SELECT last_id FROM forwarded) ORDER BY id LIMIT ?",
        (BATCH_READINGS,),
    ).fetchall()
    if not rows:
        return
    lines = "\n".join(json.dumps(row[1:]) for row in rows)
    packet_id = client.publish("cloud/batches", zlib.compress(lines.encode()), qos=1)
    in_flight = (packet_id, rows[-1][0])


client = Client("forwarder", on_connect=on_connect, on_ack=on_ack)

if __name__ == "__main__":
    client.run(every_seconds=2.0, on_tick=on_tick)
