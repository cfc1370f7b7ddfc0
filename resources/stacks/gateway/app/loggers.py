"""The load: a production line's sensors with their loggers. Not part of the gateway.

Publishes SENSORS x READINGS_PER_SECOND readings a second of READING_BYTES each, and hands over a backlog of
BACKLOG_HOURS per sensor, spread over BACKLOG_SECONDS, whenever the gateway asks for it.
"""

import json
import math
import os
import random
from time import monotonic, time

from mqtt import Client

SENSORS = int(os.environ.get("SENSORS", "72"))
READINGS_PER_SECOND = float(os.environ.get("READINGS_PER_SECOND", "4"))
READING_BYTES = int(os.environ.get("READING_BYTES", "160"))
BACKLOG_SECONDS_KEPT = int(float(os.environ.get("BACKLOG_HOURS", "8")) * 3600)
BACKLOG_SECONDS = float(os.environ.get("BACKLOG_SECONDS", "15"))
CHUNK_READINGS = 600
TICK_SECONDS = 0.1

names = [f"sensor-{number:03d}" for number in range(SENSORS)]
sequence = 0
owed = 0.0
last_tick = monotonic()
backlog = None


def value_of(index, at):
    """A slow wave with noise, different for each sensor: what a temperature or a pressure looks like."""
    return round(50 + 20 * math.sin(at / 900 + index) + random.gauss(0, 0.5), 3)


def chunks_of_backlog(seconds):
    """Every chunk of every sensor, the sensors in turn, each one's oldest first."""
    now = math.floor(time())
    count = min(seconds, BACKLOG_SECONDS_KEPT)
    starts = range(0, count, CHUNK_READINGS)
    for index, start in enumerate(starts):
        length = min(CHUNK_READINGS, count - start)
        first = now - count + start
        for number, name in enumerate(names):
            values = [value_of(number, first + offset) for offset in range(length)]
            chunk = {"sensor": name, "index": index, "last": start + length == count}
            yield name, {**chunk, "start": float(first), "step": 1.0, "values": values}


def on_message(_topic, payload):
    """The gateway asks for the backlog: begin, or begin again."""
    global backlog
    seconds = int(json.loads(payload)["seconds"])
    total = math.ceil(min(seconds, BACKLOG_SECONDS_KEPT) / CHUNK_READINGS) * SENSORS
    backlog = {"chunks": chunks_of_backlog(seconds), "per_tick": total * TICK_SECONDS / BACKLOG_SECONDS, "owed": 0.0}
    print(f"loggers: handing over {total} chunks of backlog", flush=True)


def send_backlog():
    global backlog
    backlog["owed"] += backlog["per_tick"]
    while backlog["owed"] >= 1:
        backlog["owed"] -= 1
        name, chunk = next(backlog["chunks"], (None, None))
        if name is None:
            backlog = None
            print("loggers: the backlog is handed over", flush=True)
            return
        client.publish(f"plant/{name}/backlog", json.dumps(chunk).encode())


def send_readings(elapsed):
    global sequence, owed
    # After a pause the sensors do not shout everything they kept quiet about: at most one second is made up for.
    owed = min(owed + elapsed * SENSORS * READINGS_PER_SECOND, SENSORS * READINGS_PER_SECOND)
    while owed >= 1:
        owed -= 1
        number = sequence % SENSORS
        reading = {"sensor": names[number], "at": time(), "value": value_of(number, time()), "quality": 0, "seq": sequence}
        text = json.dumps(reading)
        # Real loggers send their unit, serial number and firmware along: filled up to the documented size.
        padding = max(0, READING_BYTES - len(text) - len(', "info": ""'))
        client.publish(f"plant/{names[number]}/reading", f'{text[:-1]}, "info": "{"x" * padding}"}}'.encode())
        sequence += 1


def on_tick():
    global last_tick
    now = monotonic()
    elapsed, last_tick = now - last_tick, now
    send_readings(elapsed)
    if backlog is not None:
        send_backlog()


client = Client(
    "loggers",
    topics=["loggers/backlog/get"],
    on_message=on_message,
    on_connect=lambda: client.publish("loggers/hello", b"{}"),
)

if __name__ == "__main__":
    client.run(every_seconds=TICK_SECONDS, on_tick=on_tick)
