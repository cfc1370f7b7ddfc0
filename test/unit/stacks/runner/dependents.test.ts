import { expect, test } from "vitest";
import { dependentsToRestart } from "../../../../src/main/stacks/runner/dependents.ts";
import { serviceOf } from "../../../integration/engines-fixture.ts";

const service = (name: string, others: Record<string, boolean>) =>
  serviceOf({
    name,
    dependsOn: Object.entries(others).map(([other, restart]) => ({
      service: other,
      condition: "service_started" as const,
      restart,
    })),
  });

test("who says restart is found over any number of steps, the last first, and nobody else", () => {
  const services = [
    service("page", { web: true }),
    service("web", { db: true, cache: false }),
    service("db", {}),
    service("cache", { db: false }),
    service("job", { cache: true }),
  ];
  const names = (chosen: string[]) => dependentsToRestart(services, chosen).map(({ name }) => name);
  expect(names(["db"])).toEqual(["page", "web"]);
  expect(names(["cache"])).toEqual(["job"]);
  expect(names(["db", "web"])).toEqual(["page"]);
  expect(names(["page"])).toEqual([]);
});
