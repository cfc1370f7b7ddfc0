import type { NetworkOptions, VolumeOptions } from "../../../shared/domain/index.ts";
import type { NetworkSpec } from "../engine.ts";
import { present } from "./present.ts";

/** The body of POST /networks/create. */
export function networkBody(name: string, { labels, internal, driver, options }: NetworkSpec): Record<string, unknown> {
  return present({
    Name: name,
    CheckDuplicate: true,
    Driver: driver ?? "bridge",
    Internal: internal,
    Attachable: options?.attachable === true ? true : null,
    EnableIPv6: options?.ipv6,
    Options: options?.driverOptions,
    Labels: { ...options?.labels, ...labels },
    IPAM: options?.ipam == null ? null : ipamBody(options.ipam),
  });
}

function ipamBody(ipam: NonNullable<NetworkOptions["ipam"]>): Record<string, unknown> {
  return present({
    Driver: ipam.driver,
    Config: ipam.pools.map(({ subnet, gateway, range, auxiliary }) =>
      present({ Subnet: subnet, Gateway: gateway, IPRange: range, AuxiliaryAddresses: auxiliary }),
    ),
  });
}

/** The body of POST /volumes/create. */
export function volumeBody(
  name: string,
  labels: Record<string, string>,
  options: VolumeOptions | null,
): Record<string, unknown> {
  return present({
    Name: name,
    Driver: options?.driver,
    DriverOpts: options?.driverOptions,
    Labels: { ...options?.labels, ...labels },
  });
}
