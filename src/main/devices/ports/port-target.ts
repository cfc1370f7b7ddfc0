import { AppError, type Container } from "../../../shared/domain/index.ts";

/** Where a port is reached from the device itself. */
export interface PortTarget {
  host: string;
  port: number;
}

/** Addresses that mean "all of them", and the one of them that a connection from the device itself takes. */
const loopbackOf = new Map([
  ["", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/**
 * Where the device has published a container's port; `port` is the container's own number or the published one. Throws
 * `unsupported` for a port that is not published, with those that are.
 */
export function publishedPort(container: Container, port: number): PortTarget {
  const published = container.ports.filter((one) => one.protocol === "tcp" && one.hostPort !== null);
  const found = published.find((one) => one.containerPort === port) ?? published.find((one) => one.hostPort === port);
  if (found?.hostPort != null) {
    const address = found.hostAddress ?? "";
    return { host: loopbackOf.get(address) ?? address, port: found.hostPort };
  }
  const others = [...new Set(published.map((one) => one.containerPort))].join(", ");
  throw new AppError("unsupported", `${container.name} does not publish TCP port ${port} on the device.`, {
    hint:
      others === ""
        ? `It publishes none. Add it to the service: ports: ["${port}:${port}"].`
        : `It publishes ${others}. Others are added to the service: ports: ["${port}:${port}"].`,
  });
}
