import type { Container } from "../../../src/shared/domain/index.ts";

/** A running container that stands alone, but for what is told. */
export function containerWith(values: Partial<Container>): Container {
  return {
    id: "a".repeat(64),
    name: "web",
    image: "web:1",
    state: "running",
    health: "none",
    exitCode: null,
    oomKilled: false,
    restarts: 0,
    createdAtMs: 1_000,
    startedAtMs: 1_000,
    finishedAtMs: null,
    ports: [],
    stack: null,
    service: null,
    memoryLimitBytes: null,
    cpuLimitCores: null,
    ...values,
  };
}
