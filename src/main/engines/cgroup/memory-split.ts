/**
 * The memory of a cgroup, split into what counts and what the kernel gives back under pressure. All in bytes.
 * The same four figures from cgroup v1 and v2, so that nobody above has to know the difference.
 */
export interface MemorySplit {
  /** Anonymous pages: heap, stacks, private writable data. */
  anonBytes: number;
  /** Shared memory and tmpfs. The kernel books it as file pages, but cannot drop it. */
  shmemBytes: number;
  /**
   * Kernel memory that cannot be reclaimed (stacks, page tables, sockets, unreclaimable slab). On v1 the kernel gives
   * one sum that holds reclaimable slab too (dentries, inodes): there the figure is an upper bound.
   */
  kernelBytes: number;
  /** File pages with shmem in them, as the kernel counts them. */
  fileBytes: number;
}

/** Memory that counts against a budget: anonymous + shmem + unreclaimable kernel memory. */
export function countedMemoryBytes(split: MemorySplit): number {
  return split.anonBytes + split.shmemBytes + split.kernelBytes;
}

/** Page cache: file pages less shmem. Shown, never judged. */
export function cacheBytes(split: MemorySplit): number {
  // The kernel updates its counters per CPU: for a moment shmem may be ahead of file.
  return Math.max(0, split.fileBytes - split.shmemBytes);
}
