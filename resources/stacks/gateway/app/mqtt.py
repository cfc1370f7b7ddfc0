"""A small MQTT 3.1.1 client on the standard library: one thread, QoS 0 and 1, reconnects by itself.

Format: OASIS MQTT 3.1.1, sections 2 and 3. Enough for the gateway's own programs, not a general library.
"""

import os
import select
import signal
import socket
import struct
import sys
import time

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP = 1, 2, 3, 4, 8, 9, 12, 13
KEEP_ALIVE_SECONDS = 30
ALIVE_FILE = "/tmp/alive"
MAX_PACKET_BYTES = 4 * 1024 * 1024


def encode_text(text):
    data = text.encode()
    return struct.pack("!H", len(data)) + data


def encode_packet(kind, flags, body):
    """A fixed header with the remaining length in 7-bit groups, and the body."""
    header = bytearray([kind << 4 | flags])
    length = len(body)
    while True:
        digit = length & 0x7F
        length >>= 7
        header.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(header) + body


class Disconnected(Exception):
    pass


class Client:
    """Connects, subscribes and calls `on_message(topic, payload)`; `on_connect()` after each (re)connection."""

    def __init__(self, name, topics=(), on_message=None, on_connect=None, on_ack=None):
        self.name = name
        self.topics = list(topics)
        self.on_message = on_message or (lambda topic, payload: None)
        self.on_connect = on_connect or (lambda: None)
        self.on_ack = on_ack or (lambda packet_id: None)
        self.address = (os.environ.get("MQTT_HOST", "localhost"), int(os.environ.get("MQTT_PORT", "1883")))
        self.socket = None
        self.received = bytearray()
        self.last_sent = 0.0
        self.last_received = 0.0
        self.last_packet_id = 0

    def publish(self, topic, payload, qos=0):
        """Sends a message; gives the packet id for QoS 1, whose acknowledgement comes by `on_ack`."""
        if self.socket is None:
            raise Disconnected("not connected")
        body = encode_text(topic)
        packet_id = None
        if qos:
            packet_id = self._next_packet_id()
            body += struct.pack("!H", packet_id)
        self._send(encode_packet(PUBLISH, qos << 1, body + payload))
        return packet_id

    def run(self, every_seconds, on_tick):
        """Runs until SIGTERM: handles what arrives and calls `on_tick()` at the given pace while connected."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        pause = 0.2
        while True:
            try:
                self._connect()
                pause = 0.2
                self._loop(every_seconds, on_tick)
            except (OSError, Disconnected) as error:
                print(f"{self.name}: connection lost: {error}", flush=True)
                self._close()
                time.sleep(pause)
                pause = min(5.0, pause * 2)

    def _loop(self, every_seconds, on_tick):
        next_tick = time.monotonic()
        while True:
            wait = max(0.0, next_tick - time.monotonic())
            readable, _, _ = select.select([self.socket], [], [], wait)
            if readable:
                self._receive()
            now = time.monotonic()
            if now >= next_tick:
                on_tick()
                self._keep_alive(now)
                # A late tick is not made up for: the pace goes on from here.
                next_tick = max(next_tick + every_seconds, now)

    def _keep_alive(self, now):
        if now - self.last_received > KEEP_ALIVE_SECONDS * 1.5:
            raise Disconnected("the broker is silent")
        if now - self.last_sent > KEEP_ALIVE_SECONDS / 2:
            self._send(encode_packet(PINGREQ, 0, b""))
        touch_alive(now)

    def _connect(self):
        self.received.clear()
        self.socket = socket.create_connection(self.address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flags = 0x02  # clean session
        body = encode_text("MQTT") + bytes([4, flags]) + struct.pack("!H", KEEP_ALIVE_SECONDS) + encode_text(self.name)
        self._send(encode_packet(CONNECT, 0, body))
        kind, _, answer = self._next_packet()
        if kind != CONNACK or answer[1] != 0:
            raise Disconnected("the broker refused the connection")
        if self.topics:
            filters = b"".join(encode_text(topic) + b"\x00" for topic in self.topics)
            self._send(encode_packet(SUBSCRIBE, 2, struct.pack("!H", self._next_packet_id()) + filters))
            while self._next_packet()[0] != SUBACK:
                pass
        print(f"{self.name}: connected to {self.address[0]}:{self.address[1]}", flush=True)
        self.on_connect()

    def _close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _send(self, data):
        self.socket.sendall(data)
        self.last_sent = time.monotonic()

    def _next_packet_id(self):
        self.last_packet_id = self.last_packet_id % 0xFFFF + 1
        return self.last_packet_id

    def _receive(self):
        self._read_some()
        while (packet := self._take_packet()) is not None:
            self._handle(*packet)

    def _next_packet(self):
        while (packet := self._take_packet()) is None:
            self._read_some()
        return packet

    def _read_some(self):
        data = self.socket.recv(65536)
        if not data:
            raise Disconnected("the broker closed the connection")
        self.received += data
        self.last_received = time.monotonic()

    def _take_packet(self):
        """The next whole packet as (kind, flags, body), None while it has not arrived."""
        length, shift, index = 0, 0, 1
        while True:
            if index >= len(self.received):
                return None
            digit = self.received[index]
            length |= (digit & 0x7F) << shift
            index += 1
            shift += 7
            if not digit & 0x80:
                break
            if shift > 21:
                raise Disconnected("a packet with a broken length")
        if length > MAX_PACKET_BYTES:
            raise Disconnected(f"a packet of {length} bytes")
        if len(self.received) < index + length:
            return None
        first = self.received[0]
        body = bytes(self.received[index : index + length])
        del self.received[: index + length]
        return first >> 4, first & 0x0F, body

    def _handle(self, kind, flags, body):
        if kind == PUBLISH:
            (topic_length,) = struct.unpack_from("!H", body)
            start = 2 + topic_length
            topic = body[2:start].decode()
            if flags & 0x06:
                self._send(encode_packet(PUBACK, 0, body[start : start + 2]))
                start += 2
            self.on_message(topic, body[start:])
        elif kind == PUBACK:
            self.on_ack(struct.unpack_from("!H", body)[0])


_last_touch = 0.0


def touch_alive(now):
    """Says to the health check that the program is connected and at work; once a second is enough."""
    global _last_touch
    if now - _last_touch < 1.0:
        return
    _last_touch = now
    with open(ALIVE_FILE, "w"):
        pass
