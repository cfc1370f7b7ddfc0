/** How long the timer sleeps: what is due in between goes out at once. */
const tickMs = 5;
/** A process that stood still for longer does not send later what it has missed. */
const mostLateMs = 1000;

/** Calls back at an even rate, whatever comes of the calls. Gives the function that ends it. */
export function keepPace(perSecond: number, send: (dueMs: number) => void): () => void {
  const stepMs = 1000 / perSecond;
  let dueMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - dueMs > mostLateMs) dueMs = nowMs;
    for (; dueMs <= nowMs; dueMs += stepMs) send(dueMs);
  }, tickMs);
  return () => clearInterval(timer);
}
