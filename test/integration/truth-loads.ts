/** Programs of one known behaviour each, in Python, for tests that ask whether what is measured is true. */

/** Touches `mebibytes` for `ms`, once, `afterSeconds` after its start. */
export const spike = (mebibytes: number, ms: number, afterSeconds: number) => `
import mmap, time
time.sleep(${afterSeconds})
m = mmap.mmap(-1, ${mebibytes} << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, len(m), 4096): m[at] = 1
time.sleep(${ms / 1000})
m.close()
time.sleep(1000)`;

/** Takes half a MiB more ten times a second. */
export const leak = `
import time
held = []
while True:
    held.append(bytearray(512 << 10))
    time.sleep(0.1)`;

/** A child takes more than its limit and is killed; the main process goes on. */
export const oomInChild = (mebibytes: number) => `
import os, time
time.sleep(2)
child = os.fork()
if child == 0:
    held = bytearray(${mebibytes} << 20)
    os._exit(0)
print("child ended by", os.waitpid(child, 0)[1], flush=True)
time.sleep(1000)`;

/** Twenty children at once, again and again, each busy for 2 ms. */
export const forkStorm = `
import os, time
while True:
    for _ in range(20):
        if os.fork() == 0:
            end = time.process_time() + 0.002
            while time.process_time() < end: pass
            os._exit(0)
    for _ in range(20): os.wait()
    time.sleep(0.05)`;

/** Writes a file in pieces of 1 MiB and sees to it that they reach the disk. */
export const diskWriter = (mebibytes: number) => `
import os, time
time.sleep(1)
with open("/tmp/written", "wb") as f:
    for count in range(${mebibytes}):
        f.write(os.urandom(1 << 20))
        if count % 20 == 19:
            f.flush()
            os.fsync(f.fileno())
time.sleep(1000)`;

/** Fills a tmpfs, which no process shows as its own. */
export const tmpfsWriter = (mebibytes: number) => `
import time
time.sleep(1)
with open("/dev/shm/held", "wb") as f:
    for _ in range(${mebibytes}): f.write(bytes(1 << 20))
time.sleep(1000)`;

/** Ends after a time. */
export const endsAfter = (seconds: number, code: number) => `
import sys, time
time.sleep(${seconds})
sys.exit(${code})`;

/** Busy for 50 ms, twice a second. */
export const bursts = `
import time
while True:
    end = time.process_time() + 0.05
    while time.process_time() < end: pass
    time.sleep(0.45)`;

/** Several processes, each busy for a share of a core. */
export const spinners = (count: number, share: number) => `
import os, time
for _ in range(${count - 1}):
    if os.fork() == 0: break
begin = time.monotonic()
while True:
    while time.process_time() < ${share} * (time.monotonic() - begin): pass
    time.sleep(0.02)`;
