import { expect, test } from "vitest";
import {
  actionsIn,
  containerActions,
  containerStateSchema,
  isDisruptive,
  parseByteSize,
  parseCores,
} from "../../../../src/shared/domain/index.ts";

test.each([
  ["running", ["stop", "restart", "pause", "rename", "update", "remove"]],
  ["paused", ["unpause", "stop", "rename", "update", "remove"]],
  ["restarting", ["stop", "rename", "update", "remove"]],
  ["exited", ["start", "rename", "update", "remove"]],
  ["created", ["start", "rename", "update", "remove"]],
  ["dead", ["start", "rename", "update", "remove"]],
  ["unknown", ["start", "rename", "update", "remove"]],
  ["removing", []],
] as const)("a container that is %s can be: %j", (state, actions) => {
  expect(actionsIn(state)).toEqual(actions);
});

test("every action has a state in which it is offered, and what disturbs somebody is asked about", () => {
  const offered = new Set(containerStateSchema.options.flatMap(actionsIn));
  expect([...offered].sort()).toEqual([...containerActions].sort());
  expect(containerActions.filter(isDisruptive)).toEqual(["stop", "restart", "pause", "remove"]);
});

test.each([
  ["64MiB", 64 * 1024 ** 2],
  ["64m", 64 * 1024 ** 2],
  [" 1.5 GiB ", 1.5 * 1024 ** 3],
  ["4096", 4096],
  ["0", null],
  ["-1m", null],
  ["1 parsec", null],
  ["9999999999t", null],
  ["", null],
])("the size %j is %j bytes", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  ["0.5", 0.5],
  [".5", 0.5],
  ["2", 2],
  ["0", null],
  ["1e3", null],
  ["", null],
])("%j are %j cores", (text, cores) => {
  expect(parseCores(text)).toBe(cores);
});
