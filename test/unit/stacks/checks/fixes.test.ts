// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a compose file look like this.
import { execFileSync } from "node:child_process";
import { chmod, lstat, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Lexer } from "yaml";
import { changedPaths, isWithin } from "../../../../src/main/stacks/checks/fix/changed-paths.ts";
import { checkStack, fixStack } from "../../../../src/main/stacks/index.ts";
import { folderWith } from "../compose/stack-folder.ts";
import { requestFor } from "./check-folder.ts";

async function fixed(text: string, words = "", files: Record<string, string> = {}) {
  const folder = await folderWith({ "compose.yaml": text, ...files });
  const file = join(folder, "compose.yaml");
  const fix = await fixStack(await requestFor(folder, words));
  await fix.write();
  return { folder, file, fix, text: await readFile(file, "utf8") };
}

const settled = "cpus: 1, mem_limit: 64m, memswap_limit: 64m";

test("keys are written where a person would write them, and everything else stays", async () => {
  const { text, fix } = await fixed(
    "# the line\nservices:\n\n    database:   # of the field\n        # pinned in spring\n        image: 'postgres:16.4'   # do not touch\n" +
      '        ports:\n            - "5432:5432" # for the desk\n        volumes:\n            - ./init:/init # first\n\n    other:\n        ports: ["80:80"]\n        image: nginx:1.27.2\n# the end',
    "",
    { init: "" },
  );
  expect(text).toBe(
    "# the line\nservices:\n\n    database:   # of the field\n        # pinned in spring\n        image: 'postgres:16.4'   # do not touch\n" +
      '        restart: unless-stopped\n        logging:\n            driver: json-file\n            options:\n                max-size: 10m\n                max-file: "3"\n' +
      '        ports:\n            - "127.0.0.1:5432:5432" # for the desk\n        volumes:\n            - database-data:/var/lib/postgresql/data\n            - ./init:/init # first\n\n' +
      '    other:\n        ports: ["80:80"]\n        image: nginx:1.27.2\n' +
      '        restart: unless-stopped\n        logging:\n            driver: json-file\n            options:\n                max-size: 10m\n                max-file: "3"\n# the end\n\nvolumes:\n    database-data:',
  );
  expect(fix.left).toEqual([]);
});

test("a top level without `volumes` gets one", async () => {
  const { text } = await fixed("services:\n  a: { image: redis:7.2.5, restart: always, logging: { driver: local } }\n");
  expect(text).toContain("volumes: [a-data:/data]");
  expect(text).toMatch(/\n\nvolumes:\n {2}a-data:\n$/);
});

test("values inside brackets stay there", async () => {
  const { text } = await fixed(
    `services: { a: {image: redis:7.2.5, ${settled}, volumes: [./x:/y], ports: [ '6379:6379' ] }, b: { image: nginx:1.27.2, ${settled}, logging: {} } }\nvolumes: {}\n`,
    "",
    { x: "" },
  );
  expect(text).toBe(
    `services: { a: {restart: unless-stopped, logging: { driver: json-file, options: { max-size: "10m", max-file: "3" } }, image: redis:7.2.5, ${settled}, volumes: [a-data:/data, ./x:/y], ports: [ '127.0.0.1:6379:6379' ] }, b: { restart: unless-stopped, image: nginx:1.27.2, ${settled}, logging: {driver: json-file, options: { max-size: "10m", max-file: "3" }} } }\nvolumes: {a-data: null}\n`,
  );
});

test("Windows line ends and a byte order mark stay", async () => {
  const { text } = await fixed(
    "\ufeffservices:\r\n  a:\r\n    image: nginx:1.27.2 # x\r\n    logging: { driver: local }\r\n",
  );
  expect(text).toBe(
    "\ufeffservices:\r\n  a:\r\n    image: nginx:1.27.2 # x\r\n    restart: unless-stopped\r\n    logging: { driver: local }\r\n",
  );
});

test("a file without a last line break, and a service that ends the file", async () => {
  const { text } = await fixed(`services:\n  a:\n    logging: { driver: local }\n    image: nginx:1.27.2`);
  expect(text).toBe(
    `services:\n  a:\n    logging: { driver: local }\n    image: nginx:1.27.2\n    restart: unless-stopped`,
  );
});

test("a service that merges an anchor gets its own keys; one that is an alias is mended with its anchor", async () => {
  const { text, fix } = await fixed(
    "x-base: &base\n  image: nginx:1.27.2\n  logging: { driver: local }\nservices:\n  a: &a\n    <<: *base\n    cpus: 1\n  b: *a\n",
  );
  expect(text).toContain("  a: &a\n    <<: *base\n    restart: unless-stopped\n    cpus: 1\n  b: *a\n");
  expect(fix.left).toEqual([]);
  expect(fix.fixed).toBe(2);
});

test("a value from an anchor is left, with why: others may have it, too", async () => {
  const before =
    "x-log: &log { driver: json-file }\nservices:\n  a:\n    image: nginx:1.27.2\n    restart: always\n    logging: *log\n";
  const { text, fix } = await fixed(before);
  expect(text).toBe(before);
  expect(fix.left.map(({ finding, reason }) => [finding.rule, reason])).toEqual([
    ["logs.no-rotation", "`services.a.logging` is no mapping of its own."],
  ]);
});

test("a change that would mean more than it says is left", async () => {
  // The image's text stands in an anchor that an extension repeats: that would change, too.
  const before = "x-image: &image nginx:1.27.2\nservices:\n  a:\n    image: *image\n";
  const { text, fix } = await fixed(before, "--target kanto");
  expect(text).toBe(before);
  expect(fix.left.map(({ reason }) => reason)).toEqual([expect.stringMatching(/x-image|another way/)]);
});

test("a file outside the folder of the stack is left alone", async () => {
  const outside = await folderWith({
    "base.yaml": "services:\n  a:\n    image: nginx:1.27.2\n    logging: { driver: local }\n",
  });
  const { fix } = await fixed(`include: [${join(outside, "base.yaml")}]\n`);
  expect(fix.files).toEqual([]);
  expect(fix.left.map(({ reason }) => reason)).toEqual(["Its file is outside the folder of the stack."]);
});

test("each file of a stack is mended where its services stand", async () => {
  const { folder, fix } = await fixed("services:\n  a:\n    image: nginx:1.27.2\n", "", {
    "compose.override.yaml": "services:\n  b:\n    image: nginx:1.27.2\n    logging: { driver: local }\n",
  });
  expect(fix.files.map(({ diff }) => diff.split("\n")[0])).toEqual([
    "--- a/compose.yaml",
    "--- a/compose.override.yaml",
  ]);
  expect(await readFile(join(folder, "compose.override.yaml"), "utf8")).toContain("restart: unless-stopped");
});

test("limits that balena drops are written where it reads them, and the stack can still be read", async () => {
  const { text, fix } = await fixed(
    "services:\n  a:\n    image: nginx:1.27.2\n    deploy:\n      resources:\n        limits: { memory: 1.5G, cpus: '0.5' }\n",
    "--target balena",
  );
  expect(text).toContain("    mem_limit: 1536m\n    cpus: 0.5\n");
  expect(fix.after.opened).not.toBeNull();
  expect(fix.left).toEqual([]);
});

test("the change is a diff that git applies", async () => {
  const before =
    "services:\n  a:\n    image: postgres:16.4\n    ports:\n      - 5432:5432\n  b:\n    image: nginx:1.27.2\nvolumes:\n  x:";
  const folder = await folderWith({ "compose.yaml": before });
  const fix = await fixStack(await requestFor(folder));
  expect(await readFile(join(folder, "compose.yaml"), "utf8")).toBe(before);
  const diff = fix.files.map((file) => file.diff).join("");
  execFileSync("git", ["apply", "-"], { cwd: folder, input: diff });
  const applied = await readFile(join(folder, "compose.yaml"), "utf8");
  await writeFile(join(folder, "compose.yaml"), before);
  await fix.write();
  expect(applied).toBe(await readFile(join(folder, "compose.yaml"), "utf8"));
  expect(applied).not.toBe(before);
});

test("one finding is mended alone when only that is wanted", async () => {
  const folder = await folderWith({
    "compose.yaml": "services:\n  a:\n    image: nginx:1.27.2\n  b:\n    image: nginx:1.27.2\n",
  });
  const fix = await fixStack(
    await requestFor(folder),
    ({ rule, place }) => rule === "restart.missing" && place?.line === 4,
  );
  expect(fix.fixed).toBe(1);
  await fix.write();
  expect(await readFile(join(folder, "compose.yaml"), "utf8")).toBe(
    "services:\n  a:\n    image: nginx:1.27.2\n  b:\n    image: nginx:1.27.2\n    restart: unless-stopped\n",
  );
});

test("a file keeps its mode and a link stays a link", async () => {
  const folder = await folderWith({ "real.yaml": "services:\n  a:\n    image: nginx:1.27.2\n" });
  await chmod(join(folder, "real.yaml"), 0o664);
  await symlink("real.yaml", join(folder, "compose.yaml"));
  await (await fixStack(await requestFor(folder))).write();
  expect((await lstat(join(folder, "compose.yaml"))).isSymbolicLink()).toBe(true);
  expect((await stat(join(folder, "real.yaml"))).mode & 0o777).toBe(0o664);
  expect(await readFile(join(folder, "real.yaml"), "utf8")).toContain("restart: unless-stopped");
});

test("a file that was changed meanwhile is not overwritten", async () => {
  const folder = await folderWith({ "compose.yaml": "services:\n  a:\n    image: nginx:1.27.2\n" });
  const fix = await fixStack(await requestFor(folder));
  await writeFile(join(folder, "compose.yaml"), "services: {}\n");
  await expect(fix.write()).rejects.toMatchObject({ name: "AppError", code: "conflict" });
  expect(await readFile(join(folder, "compose.yaml"), "utf8")).toBe("services: {}\n");
});

/** The comments of a YAML text, in their order. */
function comments(text: string): string[] {
  const tokens = [...new Lexer().lex(text)];
  return tokens.filter((token, index) => token.startsWith("#") && tokens[index - 1] !== "\u001f");
}

interface Written {
  image: string;
  comment: string;
  above: string;
  rest: readonly string[];
  shape: "block" | "image last" | "flow" | "merge" | "alias";
}

const someService: fc.Arbitrary<Written> = fc.record({
  image: fc.constantFrom(
    "redis",
    "postgres:16",
    "'nginx:1.27.2'",
    '"eclipse-mosquitto:2"',
    "${IMAGE:-grafana/grafana:11.3.0}",
  ),
  comment: fc.constantFrom("", " # why", " # a: b # c"),
  above: fc.constantFrom("", "    # above\n", "\n"),
  rest: fc.subarray([
    "    restart: always\n",
    "    mem_limit: 1.5g # measured\n",
    "    cpus: 0.5\n",
    '    ports:\n      - "5432:5432" # desk\n      # and\n      - 6379:6379/tcp\n',
    "    volumes:\n    - ./a:/b\n    # more\n    - ./cc:/d\n",
    "    logging:\n      # site\n      options:\n        labels: x\n",
    "    deploy: { resources: { limits: { memory: 1536M, cpus: '0.5' } } }\n",
    "    command: |\n      # no comment\n      run\n",
    "    environment: [ A=b, 'C=# d' ]\n",
    "    networks: [inside]\n",
  ]),
  shape: fc.constantFrom("block", "image last", "flow", "merge", "alias"),
});

/** Services in the shapes that people write. */
function stackOf(services: readonly Written[], ending: string): string {
  const texts = services.map(({ image, comment, above, rest, shape }, index) => {
    const key = `    image: ${image}${comment}\n`;
    const body = rest.join("");
    if (shape === "alias" && index > 0) return `  s${index}: *s0\n`;
    if (shape === "flow")
      return `  s${index}: { image: ${image.startsWith("$") ? "nginx" : image}, cpus: 1 }${comment}\n`;
    if (shape === "merge") return `  s${index}:${comment}\n${above}    <<: *base\n${body}`;
    return `  s${index}:${comment}\n${above}${shape === "block" ? key + body : body + key}`;
  });
  const [first = "", ...others] = texts;
  // The first one is what the aliases mean.
  const named = first.replace(/^ {2}s0:( \{)?/, (found, flow) => (flow === undefined ? `${found} &s0` : "  s0: &s0 {"));
  return `# the stack\nx-base: &base\n  image: redis:7 # base\n\nservices:\n${named}${others.join("")}networks: { inside: {} }\n${ending}`;
}

const someStack = fc
  .tuple(
    fc.array(someService, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(
      "volumes:\n  # kept\n  cc:\n",
      "x-end: 1\n",
      "x-end: # kept",
      "volumes: { cc: {} } # kept",
      "volumes:\n  cc: # kept",
    ),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("docker", "balena", "kanto"),
  )
  .map(([services, ending, lineEnd, target]) => ({
    text: stackOf(services, ending).replaceAll("\n", lineEnd),
    words: `--target ${target}`,
  }));

test("whatever is mended: a second time changes nothing, comments stay, and only the named keys differ", async () => {
  let mended = 0;
  let read = 0;
  const runs = 40;
  await fc.assert(
    fc.asyncProperty(someStack, async ({ text, words }) => {
      const folder = await folderWith({ "compose.yaml": text });
      const request = await requestFor(folder, words);
      const before = await checkStack(request);
      const fix = await fixStack(request);
      await fix.write();
      const after = await readFile(join(folder, "compose.yaml"), "utf8");
      const again = await fixStack(request);
      expect(again.files, after).toEqual([]);
      expect(comments(after)).toEqual(comments(text));
      expect(after.includes("\r\n") && /[^\r]\n/.test(after)).toBe(false);
      expect(fix.after.checked.map(({ finding }) => finding)).toEqual(
        again.before.checked.map(({ finding }) => finding),
      );
      if (before.opened === null || again.before.opened === null) {
        expect(after).toBe(text);
        return;
      }
      read += 1;
      if (after !== text) mended += 1;
      const isNamed = isWithin(before.checked.flatMap(({ fix: changes }) => (changes ?? []).map(({ path }) => path)));
      const others = changedPaths(before.opened.project, again.before.opened.project).filter((path) => !isNamed(path));
      expect(others).toEqual([]);
    }),
    { numRuns: runs },
  );
  // The property says nothing when little of it happens.
  expect(read).toBeGreaterThan(runs * 0.9);
  expect(mended).toBeGreaterThan(runs * 0.7);
}, 120_000);
