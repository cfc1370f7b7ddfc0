/** The types of daemon-state.mjs, which is JavaScript so that node starts the kanto-cm double without compiling it. */
export interface StoredContainer {
  container_id: string;
  container_name: string;
  image: { name: string };
  created: string;
  config: { env?: string[]; cmd?: string[] } | null;
  mount_points: { source: string; destination: string; propagation_mode: string }[] | null;
  host_config: {
    network_mode: string;
    privileged: boolean;
    restart_policy: { type: string; maximum_retry_count?: number; retry_timeout?: number };
    port_mappings: Record<string, unknown>[] | null;
    resources: { memory?: string; memory_reservation?: string; memory_swap?: string } | null;
    log_config: { driver_config: { type: string; root_dir?: string } };
  };
  state: { status: number; pid: number; error: string; exit_code: number; started_at: string; finished_at: string };
}

export const statusNames: readonly string[];

export class DaemonState {
  readonly home: string;
  constructor(home: string);
  list(): StoredContainer[];
  folder(id: string): string;
  find(id: string): StoredContainer | null;
  save(container: StoredContainer): void;
  logFile(container: StoredContainer): string;
  log(id: string, stream: "stdout" | "stderr", text: string, time?: string): void;
  create(given: Record<string, unknown>): StoredContainer;
  start(id: string): StoredContainer;
  exit(id: string, exitCode: number): StoredContainer;
  stop(id: string): StoredContainer;
  pause(id: string): StoredContainer;
  resume(id: string): StoredContainer;
  rename(id: string, name: string): StoredContainer;
  update(id: string, change: { restart_policy?: unknown; resources?: unknown }): StoredContainer;
  remove(id: string, force: boolean): void;
}
