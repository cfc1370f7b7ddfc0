/**
 * The part of Kanto's daemon that both of its sides share: containers as files of one folder. It pulls nothing and runs
 * nothing: a container is its state and its log.
 */
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  KantoError,
  validateContainer,
  validateName,
  validateResources,
  validateRestartPolicy,
} from "./validation.mjs";

/** In the order of their numbers (containerm/containers/types/state.go). */
export const statusNames = ["Creating", "Created", "Running", "Stopped", "Paused", "Exited", "Dead", "Unknown"];

/** An image whose name holds this is pulled, and its start fails. */
const failingImage = "fails-to-start";

function now() {
  return new Date().toISOString().replace("Z", "000000Z");
}

function remote(words) {
  return new KantoError(`rpc error: code = Unknown desc = ${words}`);
}

export class DaemonState {
  constructor(home) {
    this.home = home;
    mkdirSync(join(home, "containers"), { recursive: true });
  }

  folder(id) {
    return join(this.home, "containers", id);
  }

  list() {
    return readdirSync(join(this.home, "containers"))
      .map((id) => this.find(id))
      .filter((container) => container !== null)
      .sort((a, b) => a.created.localeCompare(b.created));
  }

  /** Null for one that is not there. */
  find(id) {
    try {
      return JSON.parse(readFileSync(join(this.folder(id), "config.json"), "utf8"));
    } catch (error) {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    }
  }

  save(container) {
    const file = join(this.folder(container.container_id), "config.json");
    writeFileSync(`${file}.new`, JSON.stringify(container));
    renameSync(`${file}.new`, file);
  }

  logFile(container) {
    const root = container.host_config.log_config?.driver_config?.root_dir;
    return join(root || join(this.home, "containers"), container.container_id, "json.log");
  }

  log(id, stream, text, time = now()) {
    const container = this.find(id);
    const entry = { stream, ...(text === "" ? {} : { log: text }), time };
    const file = this.logFile(container);
    mkdirSync(join(file, ".."), { recursive: true });
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  }

  /** As the daemon does: defaults, validation, and the image, which containerd resolves only with its registry. */
  create(given) {
    const id = randomUUID();
    const name = given.container_name || id;
    const container = {
      container_id: id,
      container_name: name,
      image: { name: given.image?.name ?? "" },
      domain_name: given.domain_name || `${name}-domain`,
      host_name: given.host_name || `${name}-host`,
      mount_points: given.mount_points ?? null,
      config: given.config ?? null,
      io_config: {
        attach_stderr: false,
        attach_stdin: false,
        attach_stdout: false,
        open_stdin: false,
        stdin_once: false,
        tty: false,
        ...given.io_config,
      },
      host_config: {
        devices: null,
        network_mode: "bridge",
        privileged: false,
        restart_policy: { maximum_retry_count: 0, retry_timeout: 0, type: "unless-stopped" },
        runtime: "io.containerd.runc.v2",
        extra_hosts: null,
        port_mappings: null,
        log_config: {
          driver_config: { type: "json-file", max_files: 2, max_size: "100M", root_dir: "" },
          mode_config: { mode: "blocking", max_buffer_size: "" },
        },
        resources: null,
        ...given.host_config,
      },
      network_settings: null,
      state: {
        pid: -1,
        started_at: "",
        error: "",
        exit_code: 0,
        finished_at: "",
        exited: false,
        dead: false,
        restarting: false,
        paused: false,
        running: false,
        oomKilled: false,
        status: 1,
      },
      created: now(),
      manually_stopped: false,
      restart_count: 0,
    };
    validateContainer(container);
    const slashAt = container.image.name.indexOf("/");
    const registry = container.image.name.slice(0, Math.max(0, slashAt));
    if (registry !== "localhost" && !/[.:]/.test(registry)) {
      throw remote(`failed to resolve reference "${container.image.name}": object required`);
    }
    if (this.list().some((other) => other.container_name === name)) {
      throw remote(`container with name = ${name} already exists`);
    }
    mkdirSync(this.folder(id), { recursive: true });
    this.save(container);
    return container;
  }

  #state(id, change) {
    const container = this.find(id);
    container.state = { ...container.state, ...change };
    this.save(container);
    return container;
  }

  start(id) {
    const { state, image } = this.find(id);
    if (state.status === 2 || state.status === 4) throw remote(`container with ID = ${id} is already running`);
    if (image.name.includes(failingImage)) throw remote("failed to create shim task: OCI runtime create failed");
    const running = {
      status: 2,
      running: true,
      exited: false,
      pid: process.pid,
      started_at: now(),
      finished_at: "",
      exit_code: 0,
    };
    const container = this.#state(id, running);
    if (container.host_config.log_config?.driver_config?.type !== "none") this.log(id, "stdout", "started\n");
    return container;
  }

  /** A container that ends by itself. */
  exit(id, exitCode) {
    return this.#state(id, {
      status: 5,
      running: false,
      exited: true,
      pid: -1,
      finished_at: now(),
      exit_code: exitCode,
    });
  }

  stop(id) {
    const { state } = this.find(id);
    if (state.status !== 2 && state.status !== 4) {
      throw remote(`cannot perform stop operation for container: ${id}, with state: ${statusNames[state.status]}`);
    }
    return this.#state(id, { status: 3, running: false, paused: false, pid: -1, finished_at: now(), exit_code: 137 });
  }

  pause(id) {
    if (this.find(id).state.status !== 2) throw remote(`container with ID = ${id} is not running`);
    return this.#state(id, { status: 4, paused: true, running: false });
  }

  resume(id) {
    if (this.find(id).state.status !== 4) throw remote(`container with ID = ${id} is not paused`);
    return this.#state(id, { status: 2, paused: false, running: true });
  }

  rename(id, name) {
    validateName(name);
    if (this.list().some((other) => other.container_name === name))
      throw remote(`container with name = ${name} already exists`);
    const container = this.find(id);
    container.container_name = name;
    this.save(container);
    return container;
  }

  update(id, { restart_policy: policy, resources }) {
    validateRestartPolicy(policy);
    const container = this.find(id);
    const merged =
      resources === undefined ? container.host_config.resources : { ...container.host_config.resources, ...resources };
    validateResources(merged);
    container.host_config.resources = merged;
    if (policy !== undefined) container.host_config.restart_policy = policy;
    this.save(container);
    return container;
  }

  remove(id, force) {
    const { state } = this.find(id);
    if ((state.status === 2 || state.status === 4) && !force) throw remote(`container with ID = ${id} is running`);
    rmSync(this.folder(id), { recursive: true });
  }
}
