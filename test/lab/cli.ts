/** npm run lab -- up | down | status | exec | fault */
import { Command } from "commander";
import { DEVICE_FAULTS, type DeviceFault } from "./device.ts";
import { parseWish } from "./device-plan.ts";
import { attachLab, bringUpLab, findLab, findLeftovers, type Lab } from "./lab.ts";
import { isAlive } from "./processes.ts";
import { labNames, readState } from "./state.ts";
import { tearDown } from "./teardown.ts";

function describe(lab: Lab): object {
  return {
    name: lab.name,
    bridgeInterface: lab.bridgeInterface,
    bridgeAddress: lab.bridgeAddress,
    clientKeyPath: lab.clientKeyPath,
    localEngineSocket: lab.localEngineSocket,
    devices: lab.devices.map((device) => ({
      name: device.name,
      kind: device.kind,
      up: device.isUp,
      address: device.address,
      sshPort: device.sshPort,
      user: device.user,
      password: device.password,
      behind: device.jump?.name ?? null,
      hostKeyFingerprint: device.hostKeyFingerprint,
      memoryBytes: device.memoryBytes,
      cpuCores: device.cpuCores,
      engineSocket: device.engineSocket,
      mac: device.mac,
      ssh: device.sshCommand(),
    })),
  };
}

function print(lab: Lab): void {
  console.log(`Lab "${lab.name}" on ${lab.bridgeInterface} (${lab.bridgeAddress})`);
  for (const device of lab.devices) {
    const size = `${device.memoryBytes / 1024 / 1024} MiB, ${device.cpuCores} ${device.cpuCores === 1 ? "core" : "cores"}`;
    const state = device.isUp ? "" : "  NOT RUNNING";
    console.log(`\n  ${device.name}  ${device.kind}  ${size}${state}`);
    console.log(`    ${device.sshCommand()}`);
    console.log(`    ${device.hostKeyFingerprint}  ${device.engineSocket}`);
    if (device.password !== null) console.log(`    password: ${device.password}`);
  }
}

function faultOf(text: string): DeviceFault {
  const found = DEVICE_FAULTS.find((one) => one === text);
  if (found === undefined) throw new Error(`There is no fault "${text}", only ${DEVICE_FAULTS.join(", ")}.`);
  return found;
}

interface UpOptions {
  devices: string;
  kinds?: string;
  vm: boolean;
  stacks: boolean;
  name?: string;
  reuse: boolean;
}

const program = new Command("lab").description("A LAN of real devices on this machine").enablePositionalOptions();

program
  .command("up")
  .description("bring the lab up")
  .option("--devices <n>", "how many devices", "3")
  .option("--kinds <list>", 'the kind of each, as "podman,sudo,plain+password,plain+behind:1"')
  .option("--vm", "add a virtual machine with systemd and cgroup v2", false)
  .option("--stacks", "let each device run a small gateway stack", false)
  .option("--name <name>", "a name for the lab")
  .option("--reuse", "use a lab that is up already", false)
  .action(async (given: UpOptions) => {
    const stop = new AbortController();
    const started = Date.now();
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        console.error("Taking down what has been made so far …");
        stop.abort();
      });
    }
    const kinds = given.kinds?.split(",").map(parseWish);
    const lab = await bringUpLab({
      devices: kinds?.length ?? Number.parseInt(given.devices, 10),
      ...(kinds === undefined ? {} : { kinds }),
      vm: given.vm,
      withStacks: given.stacks,
      reuse: given.reuse,
      signal: stop.signal,
      onStep: (text) => console.error(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`),
      ...(given.name === undefined ? {} : { name: given.name }),
    });
    print(lab);
    console.log(`\nUp after ${((Date.now() - started) / 1000).toFixed(1)} s. Take it down with: npm run lab -- down`);
  });

program
  .command("down")
  .description("take the lab down, also one that died")
  .option("--force", "also a lab that is just being brought up", false)
  .action(async (given: { force: boolean }) => {
    for (const name of labNames()) {
      const state = readState(name);
      if (state !== undefined && !state.ready && isAlive(state.maker) && !given.force) {
        throw new Error(
          `Process ${state.maker.pid} is just bringing the lab "${name}" up; wait for it, or use --force.`,
        );
      }
      await tearDown(name);
    }
    const left = await findLeftovers();
    for (const line of left) console.error(line);
    if (left.length > 0) process.exitCode = 1;
  });

program
  .command("status")
  .description("what is up")
  .option("--json", "as JSON", false)
  .action((given: { json: boolean }) => {
    const lab = findLab();
    if (given.json) console.log(JSON.stringify(lab === undefined ? null : describe(lab), null, 2));
    else if (lab === undefined) console.log("No lab is up.");
    else print(lab);
  });

program
  .command("exec")
  .description("run a program on a device")
  .argument("<device>")
  .argument("<argv...>")
  .passThroughOptions()
  .action(async (name: string, argv: string[]) => {
    const result = await attachLab()
      .device(name)
      .exec(argv[0] === "--" ? argv.slice(1) : argv);
    process.stdout.write(result.stdout);
    process.stderr.write(result.stderr);
    process.exitCode = result.code;
  });

program
  .command("fault")
  .description(`make something go wrong: ${DEVICE_FAULTS.join(", ")}`)
  .argument("<device>")
  .argument("<fault>")
  .action(async (name: string, fault: string) => {
    await attachLab().device(name).fault(faultOf(fault));
  });

// A reader that has seen enough ("| head") is no error.
process.stdout.on("error", () => process.exit());

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
