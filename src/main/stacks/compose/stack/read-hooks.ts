import type { Hook, Service } from "../../../../shared/domain/index.ts";
import { type JsonMap, listAt, stringAt } from "../project/json-value.ts";
import { recordAt } from "./read-options.ts";

/** `post_start` and `pre_stop` of a service; nothing when it has neither. */
export function readHooks(value: JsonMap): Pick<Service, "hooks"> | Record<string, never> {
  const read = (key: string) => listAt(value, key).flatMap((hook) => (hook instanceof Map ? [readHook(hook)] : []));
  const hooks = { postStart: read("post_start"), preStop: read("pre_stop") };
  return hooks.postStart.length + hooks.preStop.length === 0 ? {} : { hooks };
}

function readHook(hook: JsonMap): Hook {
  return {
    command: listAt(hook, "command").filter((word) => typeof word === "string"),
    user: stringAt(hook, "user") || null,
    privileged: hook.get("privileged") === true,
    workingFolder: stringAt(hook, "working_dir") || null,
    environment: recordAt(hook, "environment"),
  };
}
