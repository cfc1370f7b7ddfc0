import type { Container } from "../../shared/domain/index.ts";

export interface ContainerGroup {
  /** Null for containers that belong to no stack. */
  stack: string | null;
  containers: Container[];
}

/** Containers by stack, stacks by name, those without one last; inside a group by service or name. */
export function groupByStack(containers: readonly Container[]): ContainerGroup[] {
  const groups = new Map<string | null, Container[]>();
  for (const container of containers) groups.set(container.stack, [...(groups.get(container.stack) ?? []), container]);
  const nameOf = (container: Container) => container.service ?? container.name;
  return [...groups]
    .map(([stack, members]) => ({ stack, containers: members.sort((a, b) => nameOf(a).localeCompare(nameOf(b))) }))
    .sort((a, b) => {
      if (a.stack === null || b.stack === null) return a.stack === null ? 1 : -1;
      return a.stack.localeCompare(b.stack);
    });
}

export interface PortEntry {
  /** `8080→80`, `1883`, `53/udp`. */
  text: string;
  /** The container's port when it can be opened from here: TCP, and published on the device. */
  opens: number | null;
}

/** The ports of a container as people write them, each once (engines list IPv4 and IPv6 apart). */
export function portEntries(container: Container): PortEntry[] {
  const entries = container.ports.map((port): [string, PortEntry] => {
    const protocol = port.protocol === "tcp" ? "" : `/${port.protocol}`;
    const isMoved = port.hostPort !== null && port.hostPort !== port.containerPort;
    const text = `${isMoved ? `${port.hostPort}→` : ""}${port.containerPort}${protocol}`;
    const opens = port.protocol === "tcp" && port.hostPort !== null ? port.containerPort : null;
    return [text, { text, opens }];
  });
  return [...new Map(entries).values()];
}

/** All of them in one line. */
export function portsText(container: Container): string {
  return portEntries(container)
    .map((entry) => entry.text)
    .join(", ");
}
