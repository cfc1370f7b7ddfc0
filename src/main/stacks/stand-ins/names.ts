import * as z from "zod";
import type { Service } from "../../../shared/domain/index.ts";
import type { Step } from "./local-stand-ins.ts";

/** `http://NAME:PORT` of a container, and where this machine has it. */
export const nameMappingSchema = z.object({ name: z.string(), port: z.int(), hostPort: z.int() });
export type NameMapping = z.infer<typeof nameMappingSchema>;

/** How many ports are to be chosen for services that leave it open. */
export function portsToChoose(services: readonly Service[]): number {
  return services.flatMap(({ ports }) => ports.filter(isOpen)).length;
}

/**
 * The addresses by which an application of TelemetryOS asks for its containers. `free` are ports of this machine for
 * those that have none of their own.
 */
export function standInNames(services: readonly Service[], free: readonly number[]): Step & { names: NameMapping[] } {
  const left = [...free];
  const chosen = services.map((service) => ({
    ...service,
    ports: service.ports.map((port) => (isOpen(port) ? { ...port, hostPort: left.shift() ?? null } : port)),
  }));
  const names = chosen.flatMap(({ name, ports }) =>
    ports.flatMap(({ containerPort, hostPort, protocol }) =>
      hostPort === null || protocol !== "tcp" ? [] : [{ name, port: containerPort, hostPort }],
    ),
  );
  const substitutions = names.map(({ name, port, hostPort }) => ({
    kind: "name" as const,
    service: name,
    what: `http://${name}:${port}`,
    instead: `http://127.0.0.1:${hostPort}`,
    place: null,
  }));
  return { services: chosen, substitutions, names };
}

function isOpen({ hostPort, protocol }: Service["ports"][number]): boolean {
  return hostPort === null && protocol === "tcp";
}
