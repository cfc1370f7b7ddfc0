/** The CPUs of a kernel list such as `0-3,8`. Throws a RangeError on anything else. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const part of text.trim().split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) throw new RangeError(`Not a list of CPUs: ${JSON.stringify(text)}`);
    const first = Number(match[1]);
    for (let cpu = first; cpu <= Number(match[2] ?? first); cpu += 1) cpus.push(cpu);
  }
  return cpus;
}

/**
 * The last `count` CPUs of a list. The last ones, since CPU 0 does most of a machine's own work. The whole list when it
 * has no more.
 */
export function narrowCpuList(text: string, count: number): string {
  return parseCpuList(text).slice(-count).join(",");
}
