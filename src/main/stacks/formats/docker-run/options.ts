import { boolNode, intNode, listNode, mapNode, type TextNode, textNode } from "../../compose/node.ts";
import { parseByteSize } from "../../compose/project/byte-size.ts";
import type { ServiceDraft } from "../compose-model.ts";
import { type Findings, fail, warn } from "../fields.ts";
import { takeMount, takeVolume } from "./volumes.ts";

/** One container of a script, as its options are taken one by one. */
export interface RunCommand {
  draft: ServiceDraft;
  findings: Findings;
  /** Named volumes that it mounts. */
  volumes: Map<string, TextNode>;
  networks: { name: TextNode; aliases: TextNode[]; address: TextNode | null }[];
  networkAliases: TextNode[];
  environment: TextNode[];
  environmentFiles: TextNode[];
  name: TextNode | null;
  cpuQuota: TextNode | null;
  cpuPeriod: TextNode | null;
}

type Take = (command: RunCommand, value: TextNode) => void;

export interface Option {
  /** True when a value follows. */
  takesValue: boolean;
  take: Take;
}

const value = (take: Take): Option => ({ takesValue: true, take });
const set = (key: string): Option => value(({ draft }, text) => draft.set(key, text));
const add = (key: string): Option => value(({ draft }, text) => draft.add(key, text));
const flag = (take: (command: RunCommand, isOn: boolean, at: TextNode) => void): Option => ({
  takesValue: false,
  take: (command, text) => {
    const isOn = /^(1|t|true)$/i.test(text.value);
    if (!isOn && !/^(0|f|false)$/i.test(text.value)) {
      fail(command.findings, "bad-value", text, `"${text.value.slice(0, 40)}" is neither true nor false.`);
    }
    take(command, isOn, text);
  },
});
const switchOn = (key: string): Option =>
  flag(({ draft }, isOn, text) => {
    if (isOn) draft.set(key, { ...boolNode(true, text.place), keyPlace: text.keyPlace ?? text.place });
  });
/** Concerns the client that is typed into, and nothing that runs. */
const ofClient = { value: value(() => undefined), flag: flag(() => undefined) };
const dropped = (meaning: string): Option =>
  value(({ findings }, text) => warn(findings, "not-applied", text, `This option is not applied: ${meaning}.`));

/** `KEY=VALUE` under a key; a key alone has an empty value. */
const pair = (key: string): Option =>
  value(({ draft }, text) => {
    const [, name = text.value, content = ""] = /^([^=]*)=([\s\S]*)$/.exec(text.value) ?? [];
    draft.put(key, name, { ...text, value: content });
  });

const inHealthcheck = (key: string): Option => value(({ draft }, text) => draft.put("healthcheck", key, text));

const options: Readonly<Record<string, Option>> = {
  "add-host": value(({ draft, findings }, text) => {
    if (/^[^:=]+[:=].+$/.test(text.value))
      draft.add("extra_hosts", { ...text, value: text.value.replace(/^([^:=]+)[:=]/, "$1=") });
    else fail(findings, "bad-value", text, `"${text.value.slice(0, 60)}" is no NAME:ADDRESS.`);
  }),
  annotation: pair("annotations"),
  attach: ofClient.value,
  "blkio-weight": dropped("disk traffic is not limited"),
  "blkio-weight-device": dropped("disk traffic is not limited"),
  "cap-add": add("cap_add"),
  "cap-drop": add("cap_drop"),
  "cgroup-parent": set("cgroup_parent"),
  cgroupns: set("cgroup"),
  cidfile: ofClient.value,
  "cpu-period": value((command, text) => {
    command.cpuPeriod = text;
  }),
  "cpu-quota": value((command, text) => {
    command.cpuQuota = text;
  }),
  "cpu-rt-period": set("cpu_rt_period"),
  "cpu-rt-runtime": set("cpu_rt_runtime"),
  "cpu-shares": set("cpu_shares"),
  cpus: set("cpus"),
  "cpuset-cpus": set("cpuset"),
  "cpuset-mems": dropped("memory of every node may be used"),
  detach: ofClient.flag,
  "detach-keys": ofClient.value,
  device: add("devices"),
  "device-cgroup-rule": add("device_cgroup_rules"),
  "device-read-bps": dropped("disk traffic is not limited"),
  "device-read-iops": dropped("disk traffic is not limited"),
  "device-write-bps": dropped("disk traffic is not limited"),
  "device-write-iops": dropped("disk traffic is not limited"),
  "disable-content-trust": ofClient.flag,
  dns: add("dns"),
  "dns-opt": add("dns_opt"),
  "dns-option": add("dns_opt"),
  "dns-search": add("dns_search"),
  domainname: set("domainname"),
  entrypoint: value(({ draft }, text) =>
    draft.set("entrypoint", { ...listNode(text.value === "" ? [] : [text], text.place) }),
  ),
  env: value((command, text) => {
    command.environment.push(text);
  }),
  "env-file": value((command, text) => {
    command.environmentFiles.push(text);
  }),
  expose: add("expose"),
  gpus: value(({ draft, findings }, text) => {
    if (text.value === "all") draft.set("gpus", text);
    else warn(findings, "not-applied", text, "This option is not applied: no GPU is given to the service.");
  }),
  "group-add": add("group_add"),
  "health-cmd": value(({ draft }, text) =>
    draft.put("healthcheck", "test", listNode([textNode("CMD-SHELL", text.place), text], text.place)),
  ),
  "health-interval": inHealthcheck("interval"),
  "health-retries": inHealthcheck("retries"),
  "health-start-interval": inHealthcheck("start_interval"),
  "health-start-period": inHealthcheck("start_period"),
  "health-timeout": inHealthcheck("timeout"),
  hostname: set("hostname"),
  init: switchOn("init"),
  interactive: switchOn("stdin_open"),
  ip: value((command, text) => {
    const last = command.networks.at(-1);
    if (last === undefined)
      warn(
        command.findings,
        "not-applied",
        text,
        "This address is not applied: it stands before the network that it is meant for.",
      );
    else last.address = text;
  }),
  ip6: dropped("the engine chooses the address"),
  ipc: set("ipc"),
  isolation: set("isolation"),
  "kernel-memory": dropped("engines of today have no such limit"),
  label: pair("labels"),
  "label-file": add("label_file"),
  link: add("links"),
  "link-local-ip": dropped("the engine chooses the address"),
  "log-driver": value(({ draft }, text) => draft.put("logging", "driver", text)),
  "log-opt": value(({ draft }, text) => {
    const [, name = text.value, content = ""] = /^([^=]*)=(.*)$/.exec(text.value) ?? [];
    const logging = draft.get("logging");
    const known = logging?.kind === "map" ? logging.entries.get("options") : undefined;
    const entries = known?.kind === "map" ? known.entries : [];
    draft.put("logging", "options", mapNode([...entries, [name, { ...text, value: content }]], text.place));
  }),
  "mac-address": set("mac_address"),
  memory: sized("mem_limit"),
  "memory-reservation": sized("mem_reservation"),
  "memory-swap": sized("memswap_limit", "-1"),
  "memory-swappiness": set("mem_swappiness"),
  mount: value(takeMount),
  name: value((command, text) => {
    command.name = text;
  }),
  network: value(takeNetwork),
  net: value(takeNetwork),
  "network-alias": value((command, text) => {
    command.networkAliases.push(text);
  }),
  "net-alias": value((command, text) => {
    command.networkAliases.push(text);
  }),
  "no-healthcheck": flag(({ draft }, isOn, text) => {
    if (isOn) draft.put("healthcheck", "disable", boolNode(true, text.place));
  }),
  "oom-kill-disable": switchOn("oom_kill_disable"),
  "oom-score-adj": set("oom_score_adj"),
  pid: set("pid"),
  "pids-limit": set("pids_limit"),
  platform: set("platform"),
  privileged: switchOn("privileged"),
  publish: add("ports"),
  "publish-all": flag(({ findings }, isOn, text) => {
    const hint = "Name each port with -p.";
    if (isOn)
      warn(
        findings,
        "not-applied",
        text,
        "This option is not applied: no port of the image is published by itself.",
        hint,
      );
  }),
  pull: set("pull_policy"),
  quiet: ofClient.flag,
  "read-only": switchOn("read_only"),
  restart: set("restart"),
  // The container goes with its stack anyway.
  rm: ofClient.flag,
  runtime: set("runtime"),
  "security-opt": add("security_opt"),
  "shm-size": set("shm_size"),
  "sig-proxy": ofClient.flag,
  "stop-signal": set("stop_signal"),
  "stop-timeout": value(({ draft, findings }, text) => {
    if (/^\d{1,9}$/.test(text.value)) draft.set("stop_grace_period", { ...text, value: `${text.value}s` });
    else fail(findings, "bad-value", text, `"${text.value.slice(0, 40)}" is no number of seconds.`);
  }),
  "storage-opt": pair("storage_opt"),
  sysctl: pair("sysctls"),
  tmpfs: add("tmpfs"),
  tty: switchOn("tty"),
  ulimit: value(takeUlimit),
  user: set("user"),
  userns: set("userns_mode"),
  uts: set("uts"),
  volume: value(takeVolume),
  "volume-driver": dropped("the engine's local driver is used"),
  "volumes-from": add("volumes_from"),
  workdir: set("working_dir"),
};

const letters: Readonly<Record<string, string>> = {
  a: "attach",
  c: "cpu-shares",
  d: "detach",
  e: "env",
  h: "hostname",
  i: "interactive",
  l: "label",
  m: "memory",
  P: "publish-all",
  p: "publish",
  q: "quiet",
  t: "tty",
  u: "user",
  v: "volume",
  w: "workdir",
};

/** The option of a long name, or of one letter; null when `docker run` has none such. */
export function optionOf(name: string): { name: string; option: Option } | null {
  const long = name.length === 1 ? (Object.hasOwn(letters, name) ? (letters[name] ?? "") : "") : name;
  const option = Object.hasOwn(options, long) ? options[long] : undefined;
  return option === undefined ? null : { name: long, option };
}

/** Names of all options, longest form, for a test that none is forgotten. */
export const optionNames: readonly string[] = Object.keys(options);

function sized(key: string, unlimited: string | null = null): Option {
  return value(({ draft, findings }, text) => {
    if (text.value === unlimited || parseByteSize(text.value) !== null) draft.set(key, text);
    else
      fail(
        findings,
        "bad-size",
        text,
        `"${text.value.slice(0, 40)}" is no size.`,
        "Write a number with b, k, m or g: 256m.",
      );
  });
}

/** `NAME`, or `name=NAME,alias=OTHER,ip=ADDRESS`. */
function takeNetwork(command: RunCommand, text: TextNode): void {
  if (!/^name=|,/.test(text.value)) {
    command.networks.push({ name: text, aliases: [], address: null });
    return;
  }
  const network: RunCommand["networks"][number] = { name: { ...text, value: "" }, aliases: [], address: null };
  for (const field of text.value.split(",")) {
    const [, key = field, content = ""] = /^([^=]*)=(.*)$/.exec(field) ?? [];
    const node = { ...text, value: content };
    if (key === "name") network.name = node;
    else if (key === "alias") network.aliases.push(node);
    else if (key === "ip") network.address = node;
    else warn(command.findings, "not-applied", text, `\`${key.slice(0, 40)}\` of the network is not applied.`);
  }
  command.networks.push(network);
}

/** `TYPE=SOFT[:HARD]`. */
function takeUlimit({ draft, findings }: RunCommand, text: TextNode): void {
  const [, type, soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text.value) ?? [];
  if (type === undefined || soft === undefined) {
    fail(
      findings,
      "bad-value",
      text,
      `"${text.value.slice(0, 60)}" is no limit.`,
      "Write for example nofile=1024:2048.",
    );
    return;
  }
  const both = mapNode(
    [
      ["soft", intNode(BigInt(soft), text.place)],
      ["hard", intNode(BigInt(hard ?? soft), text.place)],
    ],
    text.place,
  );
  draft.put("ulimits", type, hard === undefined ? intNode(BigInt(soft), text.place) : both);
}
