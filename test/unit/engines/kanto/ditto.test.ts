import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  containersThing,
  parseEnvelope,
  parseResponseTopic,
  requestBody,
  requestTopic,
} from "../../../../src/main/engines/kanto/ditto.ts";
import { featureNewsOf, metricsOf } from "../../../../src/main/engines/kanto/feature-news.ts";
import { Inbox, refusalOf } from "../../../../src/main/engines/kanto/inbox.ts";
import { AppError } from "../../../../src/shared/domain/index.ts";

const thingId = containersThing("edge:device");
const envelope = (path: string, value?: unknown, command = "modify") => ({
  topic: `edge/device:edge:containers/things/twin/commands/${command}`,
  path,
  value,
});
const state = { status: "RUNNING", pid: 12, error: "", exitCode: 0, startedAt: "x", oomKilled: false };

describe("a request", () => {
  const base = { thingId, feature: "ContainerFactory", operation: "create", requestId: "r-1" };

  it("has a topic with its id, and headers as Kanto checks them", () => {
    expect(requestTopic(base)).toBe("command//edge:device:edge:containers/req/r-1/create");
    expect(JSON.parse(requestBody({ ...base, value: { imageRef: "x", start: true } }))).toEqual({
      topic: "edge/device:edge:containers/things/live/messages/create",
      headers: { "response-required": true, "correlation-id": "r-1", "content-type": "application/json" },
      path: "/features/ContainerFactory/inbox/messages/create",
      value: { imageRef: "x", start: true },
    });
  });

  it("without a value has no content type, and with `false` it has one", () => {
    expect(JSON.parse(requestBody({ ...base, feature: "Container:1", operation: "start" }))).toEqual({
      topic: "edge/device:edge:containers/things/live/messages/start",
      headers: { "response-required": true, "correlation-id": "r-1" },
      path: "/features/Container:1/inbox/messages/start",
    });
    const removal = JSON.parse(requestBody({ ...base, operation: "remove", value: false }));
    expect([removal.value, removal.headers["content-type"]]).toEqual([false, "application/json"]);
  });

  it("is told its answer by the topic", () => {
    expect(parseResponseTopic(`command//${thingId}/res/r-1/204`)).toEqual({ requestId: "r-1", status: 204 });
    for (const topic of ["", `command//${thingId}/res//204`, `command//${thingId}/req/r-1/create`, "a/b/res/c/200"]) {
      expect(parseResponseTopic(topic)).toBeNull();
    }
  });
});

describe("what the twin tells", () => {
  it("is a container that appeared, its state, its name, its change, its end", () => {
    const status = { name: "n", imageRef: "i", config: {}, createdAt: "t", state };
    expect(featureNewsOf(envelope("/features/Container:1", { definition: [], properties: { status } }))).toMatchObject({
      kind: "appeared",
      containerId: "1",
      name: "n",
      image: "i",
      state: { status: "RUNNING" },
    });
    expect(featureNewsOf(envelope("/features/Container:1/properties/status", status))?.kind).toBe("appeared");
    expect(featureNewsOf(envelope("/features/Container:1/properties/status/state", state))?.kind).toBe("state");
    expect(featureNewsOf(envelope("/features/Container:1/properties/status/name", "m"))).toEqual({
      kind: "name",
      containerId: "1",
      name: "m",
    });
    expect(featureNewsOf(envelope("/features/Container:1/properties/status/config", {}))?.kind).toBe("changed");
    expect(featureNewsOf(envelope("/features/Container:1", undefined, "delete"))?.kind).toBe("gone");
    expect(featureNewsOf(envelope("/features/Metrics", {}))).toBeNull();
    expect(featureNewsOf(envelope("/features/Container:1/properties/status/state", "RUNNING"))).toBeNull();
  });

  it("is measurements, with seconds or milliseconds for a time", () => {
    const data = (timestamp: number) => ({
      topic: "edge/device:edge:containers/things/live/messages/data",
      path: "/features/Metrics/outbox/messages/data",
      value: {
        snapshot: [
          { originator: "Container:1", measurements: [{ id: "pids", value: 3 }] },
          { originator: "SYSTEM", measurements: [] },
        ],
        timestamp,
      },
    });
    const containers = [{ containerId: "1", measurements: { pids: 3 } }];
    expect(metricsOf(data(1_767_312_000))).toEqual({ atMs: 1_767_312_000_000, containers });
    expect(metricsOf(data(1_767_312_000_000))).toEqual({ atMs: 1_767_312_000_000, containers });
  });

  it("never fails, whatever is published", () => {
    const inbox = new Inbox();
    const record = inbox.record();
    const topic = fc.oneof(
      fc.string(),
      fc.constantFrom("edge/thing/response", `e/t/${thingId}`, `command//${thingId}/res/r/200`),
    );
    const path = fc.constantFrom(
      "/features/Container:1",
      "/features/Container:1/properties/status/state",
      "/features/Metrics/outbox/messages/data",
    );
    const payload = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(path, fc.jsonValue()).map(([at, value]) => Buffer.from(JSON.stringify(envelope(at, value)))),
    );
    fc.assert(fc.property(topic, payload, (to, bytes) => inbox.take(to, bytes)));
    fc.assert(
      fc.property(payload, (bytes) => {
        const parsed = parseEnvelope(bytes);
        expect(parsed === null || typeof parsed.topic === "string").toBe(true);
      }),
    );
    record.end();
  });
});

describe("who waits", () => {
  it("is told the refusal in the daemon's words", async () => {
    const inbox = new Inbox();
    const answer = inbox.nextAnswer("r-1", "Container:1, pause", 1_000);
    const value = { error: "messages:execution.failed", status: 500, message: "container is not\u0007 running." };
    inbox.take(`command//${thingId}/res/r-1/500`, Buffer.from(JSON.stringify(envelope("/x", value))));
    await expect(answer.promise).rejects.toMatchObject({
      code: "engine-failed",
      message: "Container:1, pause: Kanto refused (500): container is not  running.",
    });
    answer.forget();
  });

  it("is told when no answer comes, and when the broker has gone", async () => {
    const inbox = new Inbox();
    await expect(inbox.nextAnswer("r-1", "x", 20).promise).rejects.toMatchObject({ code: "timed-out" });
    const waiting = inbox.nextAnswer("r-2", "x", 10_000).promise;
    inbox.end(new AppError("unreachable", "gone"));
    await expect(waiting).rejects.toMatchObject({ code: "unreachable" });
    await expect(inbox.nextAnswer("r-3", "x", 10_000).promise).rejects.toMatchObject({ code: "unreachable" });
  });

  it.each([
    ["messages:subject.notfound", "unsupported operation x", "not-found"],
    ["messages:parameter.invalid", "feature [Container:1] not found ", "not-found"],
    ["messages:execution.failed", "container with name = x already exists", "conflict"],
    ["messages:parameter.invalid", "unexpected content type header application/json", "engine-failed"],
  ])("%s with %j is %s", (error, message, code) => {
    expect(refusalOf("x", envelope("/", { error, status: 400, message }), 400).code).toBe(code);
  });
});
