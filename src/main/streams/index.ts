export { BoundedQueue } from "./bounded-queue.ts";
export { Broadcast } from "./broadcast.ts";
