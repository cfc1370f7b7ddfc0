import { describe, expect, it } from "vitest";
import { successorOf } from "../../../../src/main/devices/logs/same-service.ts";
import type { Container } from "../../../../src/shared/domain/index.ts";
import { aContainer } from "../../renderer/samples.ts";

const api = (id: string, createdAtMs: number, values: Partial<Container> = {}): Container =>
  aContainer({ id, createdAtMs, name: `plant-api-${id}`, stack: "plant", service: "api", ...values });

const none: ReadonlySet<string> = new Set();

describe("the successor of a container", () => {
  const old = api("1", 1_000);

  it("is a later one of the same service of the same stack", () => {
    const others = [api("9", 500), api("7", 2_000, { stack: "other" }), api("8", 2_000, { service: "web" })];
    expect(successorOf(old, others, none)).toBeNull();
    expect(successorOf(old, [old, ...others, api("2", 3_000)], none)?.id).toBe("2");
  });

  it("is the one with the same name, else the first one, and never one that is followed already", () => {
    const two = api("2", 2_000);
    const three = api("3", 3_000, { name: old.name });
    expect(successorOf(old, [two, three], none)?.id).toBe("3");
    expect(successorOf(old, [two, api("3", 3_000)], none)?.id).toBe("2");
    expect(successorOf(old, [two, three], new Set(["3"]))?.id).toBe("2");
  });

  it("has the same name where there is no service", () => {
    const plain = (id: string, name: string, createdAtMs: number): Container =>
      aContainer({ id, name, createdAtMs, stack: null, service: null });
    const alone = plain("1", "broker", 1_000);
    expect(successorOf(alone, [plain("3", "other", 2_000)], none)).toBeNull();
    expect(successorOf(alone, [plain("3", "other", 2_000), plain("2", "broker", 2_000)], none)?.id).toBe("2");
    expect(
      successorOf(alone, [{ ...plain("2", "broker", 2_000), service: "broker", stack: "plant" }], none),
    ).toBeNull();
  });
});
