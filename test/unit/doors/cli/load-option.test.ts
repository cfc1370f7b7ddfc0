import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { parseLoad } from "../../../../src/main/doors/cli/load-option.ts";

test.each([
  [
    "http://web:8080/items?a=1,2,rate=50,connections=4,method=post",
    { kind: "http", service: "web", port: 8080, path: "/items?a=1,2", method: "POST", rate: 50, connections: 4 },
  ],
  ["http://web,rate=2", { kind: "http", service: "web", port: 80, path: "/", method: "GET", rate: 2, connections: 10 }],
  [
    "mqtt://broker:1883/sensors/a,rate=0.5,qos=1,clients=2,bytes=10",
    { kind: "mqtt", service: "broker", port: 1883, topic: "sensors/a", rate: 0.5, qos: 1, clients: 2, bytes: 10 },
  ],
  ["command=db:redis-cli 'a b'", { kind: "command", service: "db", command: ["redis-cli", "a b"] }],
  ["script=/opt/load.sh -x", { kind: "script", run: ["/opt/load.sh", "-x"] }],
])("%s", (text, load) => {
  expect(parseLoad(text)).toEqual(load);
});

test.each([
  "http://web:8080/",
  "http://web,rate=fast",
  "ftp://web,rate=1",
  "http://web,rate=1,speed=2",
  "mqtt://b/,rate=1",
  "script='a",
])("%s is refused with how to write it", (text) => {
  expect(() => parseLoad(text)).toThrow(InvalidArgumentError);
  expect(() => parseLoad(text)).toThrow(/http:\/\/SERVICE:PORT/);
});
