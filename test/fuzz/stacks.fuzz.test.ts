/**
 * Stacks of every format. Each property is about one promise: an answer and no crash (in time, as all of `fuzz`), nothing of a file reaches the
 * prototypes of this process, no file outside the folder of the stack is read unsaid, and what unfolds itself is refused.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { checkStack, openStack, stackConfig } from "../../src/main/stacks/index.ts";
import {
  AppError,
  type OpenedStack,
  openedStackSchema,
  type StackFormat,
  stackFormatSchema,
  stackSelection,
} from "../../src/shared/domain/index.ts";
import { FUZZ_TIMEOUT_MS, fuzzFile, hostileText, mutated } from "./fuzz.ts";
import { formatSamples, formatWords } from "./stack-samples.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-fuzz-stacks-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const expected = (error: unknown) => error instanceof AppError;

/** Writes one file under a folder of this test. */
async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Opened, and what it says keeps the contract. */
async function openOne(path: string, from: StackFormat): Promise<OpenedStack> {
  const opened = openedStackSchema.parse(await openStack(path, { B: "1" }, { from }));
  if ((opened.stack === null) !== opened.findings.some(({ severity }) => severity === "error"))
    throw new Error("a stack beside an error, or none and nothing says why");
  return opened;
}

/** Everything that every object of this process inherits. */
const prototypes = [Object.prototype, Array.prototype, Function.prototype, Map.prototype, String.prototype];
const own = () => prototypes.map((one) => Reflect.ownKeys(one).map(String).sort().join());
const before = own();

function checkPrototypes(value: unknown): void {
  const now = own();
  for (const [index, keys] of before.entries())
    if (keys !== now[index]) throw new Error(`a prototype has other keys: ${now[index]}`);
  const visit = (one: unknown): void => {
    if (typeof one !== "object" || one === null) return;
    const prototype: unknown = Object.getPrototypeOf(one);
    if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null)
      throw new Error("an object with a prototype of its own");
    for (const inner of Object.values(one)) visit(inner);
  };
  visit(value);
}

/** Keys by which a careless program changes what every object has. */
const pollution = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf");

for (const format of stackFormatSchema.options) {
  const { name, text } = formatSamples[format];
  const words = [...formatWords[format], "__proto__", "constructor", "prototype"];
  const anything = fc.oneof(
    mutated(fc.constant(Buffer.from(text))),
    hostileText(words).map((hostile) => Buffer.from(hostile)),
    hostileText(words).map((hostile) => Buffer.from(`${text}\n${hostile}`)),
  );

  test(
    `${format}: a file is a stack or findings with places, whatever is in it`,
    () =>
      fuzzFile(
        `${format} stack`,
        anything,
        async (bytes) => checkPrototypes(await openOne(await put(`any/${name}`, bytes), format)),
        {
          expected,
        },
      ),
    FUZZ_TIMEOUT_MS,
  );

  // Each word of a sample that may be a key, in turn, becomes one of those names.
  const keys = [...new Set(text.match(/[A-Za-z_]{3,}/g) ?? [])];
  const renamed = fc
    .tuple(fc.subarray(keys, { minLength: 1, maxLength: 4 }), pollution, pollution)
    .map(([chosen, one, two]) =>
      chosen.reduce((now, key, index) => now.replaceAll(new RegExp(`\\b${key}\\b`, "g"), index % 2 ? two : one), text),
    );
  test(
    `${format}: names such as __proto__ are names like others`,
    () =>
      fuzzFile(`${format} prototypes`, renamed, async (changed) => {
        const path = await put(`proto/${name}`, changed);
        let opened: OpenedStack | null = null;
        try {
          opened = await openOne(path, format);
        } catch (error) {
          if (!expected(error)) throw error;
        }
        if (format === "compose") {
          const request = { file: path, target: "docker", device: null, environment: {} } as const;
          checkPrototypes((await checkStack(request)).checked.map(({ finding }) => finding));
          const { text: json } = await stackConfig({ ...stackSelection(path), format: "json" }, {}).catch(
            (error: unknown) => {
              if (!expected(error)) throw error;
              return { text: "{}" };
            },
          );
          checkPrototypes(JSON.parse(json));
        }
        checkPrototypes(opened);
      }),
    FUZZ_TIMEOUT_MS,
  );
}

/** Stands in every file outside of the folder, and nowhere else. */
const canary = "canary4711";
const outside: Record<string, string> = {
  "out/secret.env": `LEAK=${canary}\n`,
  "out/labels": `leak=${canary}\n`,
  "out/compose.yaml": `services: {leak: {image: ${canary}, labels: {leak: ${canary}}}}\n`,
  "out/.env": `LEAK=${canary}\n`,
  "out/docker-compose.yml": `services: {leak: {image: ${canary}}}\n`,
  "out/Dockerfile": `FROM ${canary}\n`,
};
const way = fc.constantFrom(
  ...Object.keys(outside).flatMap((path) => [`../${path}`, `./sub/../../${path}`, `link/${path.slice(4)}`]),
  "linked.env",
  "linked.yaml",
  "../out",
  "link",
);

const reading = fc
  .record({
    envFile: fc.option(way),
    labelFile: fc.option(way),
    extended: fc.option(way),
    include: fc.option(way),
    includeEnv: fc.option(way),
    context: fc.option(way),
    composeFile: fc.option(way),
  })
  .map(({ envFile, labelFile, extended, include, includeEnv, context, composeFile }) => ({
    compose: [
      ...(include === null
        ? []
        : [`include: [{path: "${include}"${includeEnv === null ? "" : `, env_file: "${includeEnv}"`}}]`]),
      "services:",
      "  web:",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a compose file.
      '    image: "a:${LEAK:-1}"',
      ...(envFile === null ? [] : [`    env_file: ["${envFile}"]`]),
      ...(labelFile === null ? [] : [`    label_file: ["${labelFile}"]`]),
      ...(extended === null ? [] : [`    extends: {file: "${extended}", service: leak}`]),
      ...(context === null ? [] : [`    build: {context: "${context}"}`]),
      "",
    ].join("\n"),
    script: `docker run ${envFile === null ? "" : `--env-file "${envFile}"`} ${labelFile === null ? "" : `--label-file "${labelFile}"`} busybox\n`,
    blueprint: `containers: "${context ?? "."}"\n`,
    dotenv: composeFile === null ? "" : `COMPOSE_FILE=${composeFile}\n`,
  }));

test(
  "what stands outside the folder of a stack is not read, or a finding says so",
  async () => {
    for (const [path, text] of Object.entries(outside)) await put(`read/${path}`, text);
    await mkdir(join(folder, "read/stack"), { recursive: true });
    await symlink("../out", join(folder, "read/stack/link"));
    await symlink("../out/secret.env", join(folder, "read/stack/linked.env"));
    await symlink("../out/compose.yaml", join(folder, "read/stack/linked.yaml"));
    let leaks = 0;
    await fuzzFile("paths outside", reading, async ({ compose, script, blueprint, dotenv }) => {
      const file = await put("read/stack/compose.yaml", compose);
      await put("read/stack/.env", dotenv);
      const sources: [string, StackFormat][] = [
        [file, "compose"],
        [dirname(file), "compose"],
        [await put("read/stack/run.sh", script), "docker-run"],
        [await put("read/stack/blueprint.yaml", blueprint), "particle"],
      ];
      for (const [path, from] of sources) {
        const opened = await openStack(path, {}, { from }).catch((error: unknown) => {
          if (!expected(error)) throw error;
          return null;
        });
        if (opened === null || !JSON.stringify(opened.stack).includes(canary)) continue;
        leaks += 1;
        const isSaid = opened.findings.some(({ rule, message }) => /outside/.test(rule) && /outside/.test(message));
        if (!isSaid) throw new Error(`${from} read something outside and says nothing of it:\n${opened.source}`);
      }
      const config = await stackConfig({ ...stackSelection(dirname(file)), format: "json" }, {}).catch(
        (error: unknown) => {
          if (!expected(error)) throw error;
          return { files: [], findings: [] };
        },
      );
      for (const read of config.files)
        if (read.includes("/out/") && !config.findings.some(({ message }) => message.includes("outside")))
          throw new Error(`${read} was read, and nothing says so`);
    });
    // A property that never meets what it is about shows nothing.
    if (leaks === 0) throw new Error("nothing outside was ever read");
  },
  FUZZ_TIMEOUT_MS,
);

/** Lists, mappings or merges that hold the one before them many times: `levels` and `width` say how much they unfold to. */
const bomb = fc
  .record({
    levels: fc.integer({ min: 6, max: 40 }),
    width: fc.integer({ min: 8, max: 12 }),
    kind: fc.constantFrom("list", "map"),
    from: fc.constantFrom("compose", "balena", "particle"),
    place: fc.constantFrom("x-a", "services"),
  })
  .map(({ levels, width, kind, place, from }) => {
    const line = (level: number): string => {
      const inner = level === 0 ? "x" : `*l${level - 1}`;
      const items = Array.from({ length: width }, (_, index) => (kind === "list" ? inner : `k${index}: ${inner}`));
      return `  l${level}: &l${level} ${kind === "list" ? `[${items.join(", ")}]` : `{${items.join(", ")}}`}`;
    };
    const lines = Array.from({ length: levels }, (_, level) => line(level)).join("\n");
    const services = `services:\n  web: {image: a, labels: {io.balena.features.dbus: "1"}}\n`;
    return { from, text: place === "services" ? `${services}${lines}\n` : `${place}:\n${lines}\n${services}` };
  });

test(
  "aliases that unfold to more than a file may hold are refused, in every format of YAML",
  () =>
    fuzzFile("bombs", bomb, async ({ text, from }) => {
      const { stack, findings } = await openOne(await put("bomb/compose.yaml", text), from);
      if (stack !== null || !findings.some(({ rule }) => rule === "compose.too-large"))
        throw new Error(`${from} took it: ${JSON.stringify(findings).slice(0, 500)}`);
    }),
  FUZZ_TIMEOUT_MS,
);

/** Variables that hold the one before them twice. */
const doubling = fc.integer({ min: 30, max: 60 }).map((count) => ({
  dotenv: ["A0=xxxxxxxx", ...Array.from({ length: count }, (_, index) => `A${index + 1}=$A${index}$A${index}`)].join(
    "\n",
  ),
  last: `A${count}`,
}));

test(
  "variables that unfold without end are refused or stay as they are",
  () =>
    fuzzFile(
      "doubling variables",
      doubling,
      async ({ dotenv, last }) => {
        await put("double/.env", dotenv);
        const opened = await openOne(
          await put("double/compose.yaml", `services: {web: {image: "a:$${last}"}}\n`),
          "compose",
        );
        if (opened.stack !== null) throw new Error("the chain was followed");
        const script = await openStack(
          await put("double/run.sh", `${dotenv}\ndocker run "$${last}"\n`),
          {},
          {
            from: "docker-run",
          },
        );
        if (JSON.stringify(script).length > 4 * 1024 * 1024) throw new Error("the chain was followed");
      },
      { expected },
    ),
  FUZZ_TIMEOUT_MS,
);
