"""Keeps a shift of history for every sensor in memory and publishes aggregates for the line's screens.

Subscribes to live readings and, after each (re)start, asks the sensors' loggers for their backlog, so that the
screens have a whole shift to draw at once. The history holds one reading a second.
"""

import json
import os
from collections import deque
from time import time

from mqtt import Client

HISTORY_SECONDS = int(float(os.environ.get("HISTORY_HOURS", "8")) * 3600)
AGGREGATE_EVERY_SECONDS = 5.0
RECENT_SECONDS = 60
GOOD = 0


class History:
    """The last HISTORY_SECONDS of one sensor: (time, value, quality) in order of time, with the running sum."""

    def __init__(self):
        self.readings = deque(maxlen=HISTORY_SECONDS)
        self.sum = 0.0
        self.waiting = None

    def append(self, at, value, quality):
        if len(self.readings) == HISTORY_SECONDS:
            self.sum -= self.readings[0][1]
        self.readings.append((at, value, quality))
        self.sum += value

    def live(self, at, value, quality):
        """A live reading; while the backlog comes in it waits for its turn."""
        if self.waiting is not None:
            self.waiting.append((at, value, quality))
        elif not self.readings or at - self.readings[-1][0] >= 1.0:
            self.append(at, value, quality)

    def backlog(self, chunk):
        """One chunk of the backlog, the oldest first; the first one begins the history anew."""
        if chunk["index"] == 0:
            self.readings.clear()
            self.sum = 0.0
            self.waiting = []
        at, step = chunk["start"], chunk["step"]
        for value in chunk["values"]:
            self.append(at, value, GOOD)
            at += step
        if chunk["last"]:
            held, self.waiting = self.waiting or [], None
            for reading in held:
                self.live(*reading)

    def aggregate(self):
        """Minimum, maximum and mean of the last minute, and the mean of the whole history."""
        recent = []
        for at, value, _ in reversed(self.readings):
            if at < self.readings[-1][0] - RECENT_SECONDS:
                break
            recent.append(value)
        return {
            "min": min(recent),
            "max": max(recent),
            "mean": round(sum(recent) / len(recent), 4),
            "shiftMean": round(self.sum / len(self.readings), 4),
            "readings": len(self.readings),
        }


histories = {}
last_aggregate = 0.0


def on_message(topic, payload):
    if topic == "loggers/hello":
        ask_for_backlog()
        return
    try:
        message = json.loads(payload)
        history = histories.setdefault(message["sensor"], History())
        if topic.endswith("/backlog"):
            history.backlog(message)
        else:
            history.live(message["at"], message["value"], message["quality"])
    except (ValueError, KeyError, TypeError) as error:
        print(f"processor: a message on {topic} is not a reading: {error}", flush=True)


def ask_for_backlog():
    client.publish("loggers/backlog/get", json.dumps({"seconds": HISTORY_SECONDS}).encode())


def on_tick():
    global last_aggregate
    now = time()
    if now - last_aggregate < AGGREGATE_EVERY_SECONDS:
        return
    last_aggregate = now
    for sensor, history in histories.items():
        if history.readings:
            client.publish(f"plant/{sensor}/aggregate", json.dumps(history.aggregate()).encode())


client = Client(
    "processor",
    topics=["plant/+/reading", "plant/+/backlog", "loggers/hello"],
    on_message=on_message,
    on_connect=ask_for_backlog,
)

if __name__ == "__main__":
    client.run(every_seconds=0.5, on_tick=on_tick)
