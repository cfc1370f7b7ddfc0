import type { ImageReference } from "./image-reference.ts";

/** An image that keeps state. */
export interface DataStore {
  /** Where it keeps it inside the container. */
  dataPath: string;
  /** Ports that nobody but the stack's own services should reach, since it has no login by default or a weak one. */
  privatePorts: readonly number[];
}

const stores: Readonly<Record<string, DataStore>> = {
  mysql: { dataPath: "/var/lib/mysql", privatePorts: [3306] },
  mariadb: { dataPath: "/var/lib/mysql", privatePorts: [3306] },
  mongo: { dataPath: "/data/db", privatePorts: [27017] },
  redis: { dataPath: "/data", privatePorts: [6379] },
  "valkey/valkey": { dataPath: "/data", privatePorts: [6379] },
  "timescale/timescaledb": { dataPath: "/var/lib/postgresql/data", privatePorts: [5432] },
  couchdb: { dataPath: "/opt/couchdb/data", privatePorts: [5984] },
  elasticsearch: { dataPath: "/usr/share/elasticsearch/data", privatePorts: [9200, 9300] },
  "clickhouse/clickhouse-server": { dataPath: "/var/lib/clickhouse", privatePorts: [8123, 9000] },
  rabbitmq: { dataPath: "/var/lib/rabbitmq", privatePorts: [] },
  "eclipse-mosquitto": { dataPath: "/mosquitto/data", privatePorts: [] },
  "emqx/emqx": { dataPath: "/opt/emqx/data", privatePorts: [] },
  "grafana/grafana": { dataPath: "/var/lib/grafana", privatePorts: [] },
  "grafana/grafana-oss": { dataPath: "/var/lib/grafana", privatePorts: [] },
  "prom/prometheus": { dataPath: "/prometheus", privatePorts: [9090] },
  "nodered/node-red": { dataPath: "/data", privatePorts: [] },
  "koenkk/zigbee2mqtt": { dataPath: "/app/data", privatePorts: [] },
  "homeassistant/home-assistant": { dataPath: "/config", privatePorts: [] },
  "home-assistant/home-assistant": { dataPath: "/config", privatePorts: [] },
};

/** What an image of the table keeps; null for one that is not in it, which may keep state all the same. */
export function dataStoreOf(image: ImageReference | null): DataStore | null {
  if (image === null) return null;
  const major = Number(/^v?(\d+)/.exec(image.tag ?? "")?.[1] ?? Number.NaN);
  // Two that moved their data with a version; without a version it is the newest.
  if (image.repository === "postgres") {
    return { dataPath: major < 18 ? "/var/lib/postgresql/data" : "/var/lib/postgresql", privatePorts: [5432] };
  }
  if (image.repository === "influxdb") {
    return { dataPath: major < 2 ? "/var/lib/influxdb" : "/var/lib/influxdb2", privatePorts: [8086] };
  }
  return Object.hasOwn(stores, image.repository) ? (stores[image.repository] ?? null) : null;
}
