/**
 * A double of kanto-cm: its arguments, its output and its refusals (container-management: containerm/cli, and the golden
 * files of its integration tests). First argument: the daemon's folder. A file `fault` in it makes it fail in one way.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DaemonState, statusNames } from "./daemon-state.mjs";
import { KantoError, validateContainer, validateResources, validateRestartPolicy } from "./validation.mjs";

const [home = "", ...argv] = process.argv.slice(2);
const daemon = new DaemonState(home);
const socket = "/run/container-management/container-management.sock";

function fail(words) {
  process.stderr.write(`Error: ${words}\n`);
  process.exit(1);
}

/** Flags of one command: those that take a value, and those that are alone; both with every spelling. */
const flags = {
  list: { values: { name: ["-n", "--name"], filter: ["--filter"] }, switches: { quiet: ["-q", "--quiet"] } },
  get: { values: { name: ["-n", "--name"] }, switches: {} },
  create: { values: { name: ["-n", "--name"], file: ["-f", "--file"] }, switches: {} },
  start: { values: { name: ["-n", "--name"] }, switches: {} },
  stop: {
    values: { name: ["-n", "--name"], time: ["-t", "--time"], signal: ["-s", "--signal"] },
    switches: { force: ["-f", "--force"] },
  },
  remove: { values: { name: ["-n", "--name"] }, switches: { force: ["-f", "--force"] } },
  rename: { values: { name: ["-n", "--name"] }, switches: {} },
  update: {
    values: {
      memory: ["-m", "--memory"],
      memory_reservation: ["--memory-reservation"],
      memory_swap: ["--memory-swap"],
      rp: ["--rp"],
      retries: ["--rp-cnt"],
      timeout: ["--rp-to"],
    },
    switches: {},
  },
  logs: { values: { name: ["-n", "--name"], tail: ["-t", "--tail"] }, switches: {} },
  sysinfo: { values: {}, switches: {} },
};

function parse(command, words) {
  const { values, switches } = flags[command];
  const options = {};
  const rest = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    const value = Object.entries(values).find(([, spellings]) => spellings.includes(word));
    const alone = Object.entries(switches).find(([, spellings]) => spellings.includes(word));
    if (value !== undefined) {
      at += 1;
      if (words[at] === undefined) fail(`flag needs an argument: '${word.replace(/^-+/, "")}' in ${word}`);
      options[value[0]] = words[at];
    } else if (alone !== undefined) options[alone[0]] = true;
    else if (word.startsWith("--")) fail(`unknown flag: ${word}`);
    else if (word.startsWith("-") && word !== "-") fail(`unknown shorthand flag: '${word[1]}' in ${word}`);
    else rest.push(word);
  }
  return { options, rest };
}

/** ValidateContainerByNameArgsSingle: by id, or by a name that only one has. */
function oneContainer(args, name) {
  if (args.length === 0 && name === undefined) {
    fail("You must provide either an ID or a name for the container via --name (-n)");
  }
  if (args.length > 0) {
    const found = daemon.find(args[0]);
    return found ?? fail(`The requested container with ID = ${args[0]} was not found.`);
  }
  const found = daemon.list().find((container) => container.container_name === name);
  return found ?? fail(`The requested container with name = ${name} was not found. Try using an ID instead.`);
}

function table(containers) {
  const row = (cells) => [37, 37, 60, 10, 32, 10].map((width, at) => `${String(cells[at]).padEnd(width)}\t|`).join("");
  const rules = [37, 37, 60, 10, 30, 10].map((width) => "-".repeat(width));
  const lines = containers.map(({ container_id: id, container_name: name, image, state }) =>
    row([id, name, image.name, statusNames[state.status], state.finished_at, state.exit_code]),
  );
  return ["", row(["ID", "Name", "Image", "Status", "Finished At", "Exit Code"]), row(rules), ...lines, "", ""].join(
    "\n",
  );
}

const commands = {
  list({ options, rest }) {
    if (rest.length > 0) fail(`unknown command "${rest[0]}" for "kanto-cm list"`);
    const all = daemon.list();
    if (options.quiet) {
      const ids = all.map((container) => container.container_id).join(" ");
      return ids === "" ? "" : `${ids}\n`;
    }
    return all.length === 0 ? "No containers found.\n" : table(all);
  },
  get({ options, rest }) {
    return `${JSON.stringify(oneContainer(rest, options.name), null, "\t")}\n`;
  },
  create({ options, rest }) {
    if (options.file === undefined) {
      if (rest.length === 0) fail("container image argument is expected");
      const command = rest.length > 1 ? { config: { cmd: rest.slice(1) } } : {};
      return `${daemon.create({ container_name: options.name, image: { name: rest[0] }, ...command }).container_id}\n`;
    }
    if (options.name !== undefined) fail("no other flags are expected when creating a container from file");
    if (rest.length > 0) fail("no arguments are expected when creating a container from file");
    let given;
    try {
      given = JSON.parse(readFileSync(options.file, "utf8"));
    } catch (error) {
      return fail(error instanceof SyntaxError ? "invalid character looking for beginning of value" : error.message);
    }
    // The file is read over what the flags alone would give, and validated before the daemon sees it.
    const host = { network_mode: "bridge", privileged: false, ...given.host_config };
    const whole = { io_config: {}, ...given, host_config: host };
    validateContainer(whole);
    return `${daemon.create(whole).container_id}\n`;
  },
  start({ options, rest }) {
    daemon.start(oneContainer(rest, options.name).container_id);
    return "";
  },
  stop({ options, rest }) {
    const container = oneContainer(rest, options.name);
    if (options.time !== undefined && !/^(\d+h)?(\d+m)?(\d+s)?$/.test(options.time)) {
      fail(`time: missing unit in duration "${options.time}"`);
    }
    daemon.stop(container.container_id);
    return "";
  },
  remove({ options, rest }) {
    const { container_id: id } = oneContainer(rest, options.name);
    try {
      if (fault !== "keeps") daemon.remove(id, options.force === true);
    } catch (error) {
      // Kanto's own command throws the daemon's answer away.
      if (!(error instanceof KantoError)) throw error;
    }
    return "";
  },
  rename({ options, rest }) {
    const [name, args] = rest.length === 2 ? [rest[1], rest.slice(0, 1)] : [rest[0], []];
    const container = oneContainer(args, options.name);
    if (name === container.container_name) fail(`the new name = ${name} shouldn't be the same`);
    daemon.rename(container.container_id, name);
    return "";
  },
  update({ options, rest }) {
    const container = oneContainer(rest, options.name);
    const sizes = Object.fromEntries(
      ["memory", "memory_reservation", "memory_swap"].flatMap((key) =>
        options[key] === undefined ? [] : [[key, options[key] === "-1" ? "" : options[key]]],
      ),
    );
    const now = container.host_config.restart_policy;
    const policy =
      options.rp === undefined && options.retries === undefined
        ? undefined
        : {
            type: options.rp ?? now.type,
            maximum_retry_count: Number(options.retries ?? 0),
            retry_timeout: Number(options.timeout ?? 0) * 1e9,
          };
    validateRestartPolicy(policy);
    if (Object.keys(sizes).length > 0) validateResources({ ...container.host_config.resources, ...sizes });
    daemon.update(container.container_id, {
      ...(policy === undefined ? {} : { restart_policy: policy }),
      resources: sizes,
    });
    return "";
  },
  logs({ options, rest }) {
    const container = oneContainer(rest, options.name);
    const status = statusNames[container.state.status];
    if (status === "Created")
      fail(`rpc error: code = Unknown desc = there are no logs for container with status "${status}"`);
    const file = daemon.logFile(container);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split(/(?<=\n)/) : [];
    const tail = Number(options.tail ?? 100);
    return lines.slice(tail < 0 ? 0 : Math.max(0, lines.length - tail)).join("");
  },
  sysinfo() {
    return "Engine v1.0.0, API v1.0.0, (build 351ca14 2024-06-28T10:00:00Z) \nCLI v1.0.0, API v1.0.0, (build 351ca14 2024-06-28T10:00:00Z) \n";
  },
};

const [command = "", ...words] = argv;
const fault = existsSync(join(home, "fault")) ? readFileSync(join(home, "fault"), "utf8").trim() : "";

if (flags[command] === undefined) fail(`unknown command "${command}" for "kanto-cm"`);
if (fault === "hang") setInterval(() => undefined, 1_000);
else if (fault === "down") {
  fail(
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix ${socket}: connect: connection refused"`,
  );
} else if (fault === "denied" && process.env.KANTO_AS_ROOT !== "yes") {
  fail(
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix ${socket}: connect: permission denied"`,
  );
} else {
  try {
    const text = commands[command](parse(command, words));
    if (fault === "garbage") process.stdout.write("\u001b[31m<html>\u0000}{\n");
    else if (fault === "cut") process.stdout.write(text.slice(0, Math.floor(text.length / 2)));
    else process.stdout.write(text);
  } catch (error) {
    if (!(error instanceof KantoError)) throw error;
    fail(error.message);
  }
}
