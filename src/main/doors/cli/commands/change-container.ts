import {
  AppError,
  type Container,
  type ContainerAction,
  type ContainerChange,
  type Device,
  isDisruptive,
  whyNot,
} from "../../../../shared/domain/index.ts";
import { bytesText, coresText } from "../../../../shared/format/index.ts";
import { askYesNo } from "../ask-yes-no.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { pickContainer } from "../pick-container.ts";

export interface NamedContainer {
  device: string;
  container: string;
  /** True: do not ask. */
  yes: boolean;
}

type Act = (
  client: Context["client"]["containers"],
  one: { deviceId: Device["id"]; containerId: string },
) => Promise<Container>;

/** Does one thing to one container. What takes something away asks a person first, or wants `--yes`. */
export async function changeContainer(
  context: Context,
  named: NamedContainer,
  action: ContainerAction,
  act: Act,
): Promise<number> {
  const { device, container } = await find(context, named);
  await agree(context, named, action, device, container);
  const one = { deviceId: device.id, containerId: container.id };
  const changed = await act(context.client.containers, one);
  context.output.value({ device: device.name, deviceId: device.id, container: changed });
  context.output.text(`${sentence(action, container, changed)} (${device.name})`);
  return 0;
}

/** Removes one container. */
export async function removeContainer(context: Context, named: NamedContainer): Promise<number> {
  const { device, container } = await find(context, named);
  await agree(context, named, "remove", device, container);
  const { removed } = await context.client.containers.remove({ deviceId: device.id, containerId: container.id });
  context.output.value({ device: device.name, deviceId: device.id, containerId: container.id, removed });
  context.output.text(`${container.name} ${removed ? "is removed" : "was gone already"}. (${device.name})`);
  return 0;
}

/** `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`. Throws `bad-input`. */
export function parseRestart(text: string): NonNullable<ContainerChange["restart"]> {
  const match = /^(?:(no|always|unless-stopped|on-failure)|on-failure:(\d{1,6}))$/.exec(text);
  if (match === null) {
    throw new AppError("bad-input", `${JSON.stringify(text)} is no restart policy.`, {
      hint: "Write no, always, unless-stopped, on-failure or on-failure:5.",
    });
  }
  const retries = match[2] === undefined ? null : Number(match[2]);
  switch (match[1]) {
    case "no":
    case "always":
    case "unless-stopped":
      return { policy: match[1], maximumRetries: null };
    default:
      return { policy: "on-failure", maximumRetries: retries };
  }
}

async function find(context: Context, named: NamedContainer): Promise<{ device: Device; container: Container }> {
  const device = await findOnlineDevice(context, named.device);
  const containers = await context.client.containers.list({ deviceId: device.id });
  return { device, container: pickContainer(containers, named.container, device.name) };
}

const questions: Partial<Record<ContainerAction, string>> = {
  stop: "Stop",
  restart: "Restart",
  pause: "Pause",
  remove: "Remove, with what it has written outside of volumes:",
};

/** What the engine cannot do is not asked about: the call that follows is refused with the reason. */
async function agree(
  context: Context,
  { yes }: NamedContainer,
  action: ContainerAction,
  device: Device,
  container: Container,
): Promise<void> {
  const isPossible = device.engine === null || whyNot(device.engine, action) === null;
  if (yes || !isDisruptive(action) || !isPossible) return;
  const question = `${questions[action]} ${container.name} on ${device.name}?`;
  const unasked = () =>
    new AppError("bad-input", question, { hint: "Nobody can be asked here: say --yes if that is what you want." });
  if (!(await askYesNo(context, question, unasked))) {
    throw new AppError("cancelled", `${container.name} was left as it is.`);
  }
}

function sentence(action: ContainerAction, before: Container, after: Container): string {
  switch (action) {
    case "rename":
      return `${before.name} is called ${after.name} now.`;
    case "update": {
      const memory =
        after.memoryLimitBytes === null ? "no memory limit" : `memory ${bytesText(after.memoryLimitBytes)}`;
      const cpu = after.cpuLimitCores === null ? "no CPU limit" : `CPU ${coresText(after.cpuLimitCores, 2)} cores`;
      return `${after.name} has ${memory}, ${cpu} now.`;
    }
    default:
      return `${after.name} is ${after.state}.`;
  }
}
