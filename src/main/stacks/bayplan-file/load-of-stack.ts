import { AppError, type AskedLoad, type Load, plainLoad, type Stack } from "../../../shared/domain/index.ts";
import type { Environment } from "../compose/open-project.ts";
import { isSimilar } from "../compose/shape/shape.ts";
import { openBayplanFile } from "./bayplan-file.ts";

/**
 * The load that a run of a stack makes: what was asked for, else what `bayplan.yaml` in the folder says, with the variables of its
 * secrets filled in. Only headers, bodies, payloads and logins have variables; they go to the generator and nowhere else.
 * @throws AppError `bad-input` with its place for a service that the stack has not or a variable that is not set.
 */
export async function loadOfStack(
  folder: string,
  stack: Stack,
  environment: Environment,
  asked: readonly AskedLoad[] | undefined,
): Promise<Load[]> {
  const names = stack.services.map((service) => service.name);
  if (asked !== undefined) {
    const loads = asked.map(plainLoad);
    for (const load of loads) requireService(load, names, "--load");
    return loads;
  }
  const { settings, placeOf } = await openBayplanFile(folder);
  return settings.load.map((load, index) => {
    const at = (...path: string[]) => {
      const { file, line, column } = placeOf("load", String(index), load.kind, ...path);
      return `${file}:${line}:${column}`;
    };
    requireService(load, names, at("service"));
    return withVariables(load, environment, at);
  });
}

function requireService(load: Load, names: readonly string[], where: string): void {
  if (load.kind === "script" || names.includes(load.service)) return;
  const near = names.find((name) => isSimilar(name, load.service));
  throw new AppError("bad-input", `${where}: The stack has no service \`${load.service}\` to load.`, {
    hint: near === undefined ? `It has ${names.join(", ")}.` : `Did you mean \`${near}\`?`,
  });
}

function withVariables(load: Load, environment: Environment, at: (...path: string[]) => string): Load {
  const fill = (text: string, ...path: string[]): string =>
    text.replace(/\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)\})/g, (whole, name: string | undefined) => {
      if (name === undefined) return whole === "$$" ? "$" : whole;
      const value = environment[name];
      if (value !== undefined) return value;
      throw new AppError("bad-input", `${at(...path)}: The variable ${name} is not set.`, {
        hint: `Set it where Bayplan is started: export ${name}=…`,
      });
    });
  const filled = (text: string | null, key: string) => (text === null ? null : fill(text, key));
  if (load.kind === "http") {
    const headers = Object.entries(load.headers).map(([name, text]) => [name, fill(text, "headers", name)] as const);
    return { ...load, headers: Object.fromEntries(headers), body: filled(load.body, "body") };
  }
  if (load.kind === "mqtt") {
    return {
      ...load,
      payload: filled(load.payload, "payload"),
      username: filled(load.username, "username"),
      password: filled(load.password, "password"),
    };
  }
  return load;
}
