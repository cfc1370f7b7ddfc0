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

/** `8080→80`, `1883`, `53/udp`: the ports of a container as people write them, each once. */
export function portsText(container: Container): string {
  const texts = container.ports.map((port) => {
    const protocol = port.protocol === "tcp" ? "" : `/${port.protocol}`;
    if (port.hostPort === null) return `${port.containerPort}${protocol}`;
    return port.hostPort === port.containerPort
      ? `${port.hostPort}${protocol}`
      : `${port.hostPort}→${port.containerPort}${protocol}`;
  });
  return [...new Set(texts)].join(", ");
}
