import { AppError, type EngineAction, type EngineCapabilities } from "../../../shared/domain/index.ts";

/** What neither kanto-cm nor Kanto's MQTT side can do, in a sentence each. */
const never = {
  restart:
    "Kanto restarts a container by its restart policy only: neither its command line nor its MQTT side has a restart.",
  exec: "Kanto cannot run a command inside a container.",
  "pull-image": "Kanto has no images of its own to ask for: it pulls one when a container of it is created.",
  "build-image": "Kanto does not build images.",
  networks: "Kanto has its one bridge and the host's network, and makes no others.",
  volumes: "Kanto has no volumes, only folders of the device.",
  labels: "Kanto's containers carry no labels, so what belongs to a stack cannot be told.",
  "cpu-limit": "Kanto has no CPU limit: there is no such field in its configuration.",
} satisfies Partial<Record<EngineAction, string>>;

/** What a person can do in its place. */
const inItsPlace: Partial<Record<keyof typeof never, string>> = {
  restart: "Stop it, and start it again.",
  "cpu-limit": "Limit its memory, or run it on a device with Docker or Podman.",
};

/** The refusal of what Kanto cannot do, whatever is asked. */
export function noSuchThing(action: keyof typeof never): AppError {
  const hint = inItsPlace[action];
  return new AppError("unsupported", never[action], hint === undefined ? {} : { hint });
}

export function unsupportedByKanto(action: keyof typeof never): Promise<never> {
  return Promise.reject(noSuchThing(action));
}

function noMqttText(reason: AppError): string {
  return `kanto-cm cannot pause, and Kanto's MQTT side is out of reach: ${reason.message}`;
}

/** The refusal of what needs MQTT on a device where that is not there. */
export function noMqttError(reason: AppError): AppError {
  const hint = reason.hint === null ? {} : { hint: reason.hint };
  return new AppError("unsupported", noMqttText(reason), { ...hint, cause: reason });
}

/** `noMqtt`: why Kanto's MQTT side is not there; null when it is. */
export function kantoCapabilities(noMqtt: AppError | null): EngineCapabilities {
  const without = noMqtt === null ? {} : { pause: noMqttText(noMqtt), unpause: noMqttText(noMqtt) };
  return { unsupported: { ...never, ...without } };
}
