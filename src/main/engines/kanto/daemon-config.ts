import * as z from "zod";

/** The parts of /etc/container-management/config.json that Bayplan reads; the daemon's own defaults where it is silent. */
const configSchema = z.object({
  manager: z.object({ home_dir: z.string().startsWith("/").optional() }).optional(),
  things: z
    .object({
      enable: z.boolean().optional(),
      broker_url: z.string().optional(),
      connection: z.object({ broker_url: z.string().optional() }).optional(),
    })
    .optional(),
});

export interface DaemonConfig {
  homeFolder: string;
  /** Where the daemon's MQTT broker listens, as the device reaches it; null when it is not switched on or not plain TCP. */
  broker: { host: string; port: number } | null;
}

const defaults: DaemonConfig = {
  homeFolder: "/var/lib/container-management",
  broker: { host: "127.0.0.1", port: 1883 },
};

/** A file that cannot be read as what it should be is the daemon's business: its defaults are taken. */
export function readDaemonConfig(text: string | null): DaemonConfig {
  const parsed = configSchema.safeParse(jsonOrNull(text));
  if (!parsed.success) return defaults;
  const { manager, things } = parsed.data;
  const url = things?.connection?.broker_url ?? things?.broker_url;
  return {
    homeFolder: (manager?.home_dir ?? defaults.homeFolder).replace(/\/+$/, ""),
    broker: things?.enable === false ? null : url === undefined ? defaults.broker : brokerOf(url),
  };
}

function jsonOrNull(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function brokerOf(url: string): DaemonConfig["broker"] {
  const match = /^(?:tcp|mqtt):\/\/(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})\/?$/i.exec(url);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65535) return null;
  const host = match[1].replace(/^\[|\]$/g, "");
  return { host: host === "localhost" ? "127.0.0.1" : host, port };
}
