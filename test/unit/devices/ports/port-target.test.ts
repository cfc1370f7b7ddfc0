import { describe, expect, it } from "vitest";
import { publishedPort } from "../../../../src/main/devices/ports/port-target.ts";
import type { Container } from "../../../../src/shared/domain/index.ts";
import { aContainer } from "../../renderer/samples.ts";

function port(containerPort: number, hostPort: number | null, hostAddress: string | null = "0.0.0.0") {
  return { containerPort, hostPort, hostAddress, protocol: "tcp" } satisfies Container["ports"][number];
}

describe("a published port", () => {
  const web = aContainer({ ports: [port(80, 8080), port(81, 8081, "10.0.0.5"), port(90, null), port(8080, 9000)] });

  it("is reached where the device has it, by the container's number first", () => {
    expect(publishedPort(web, 80)).toEqual({ host: "127.0.0.1", port: 8080 });
    expect(publishedPort(web, 8080)).toEqual({ host: "127.0.0.1", port: 9000 });
    expect(publishedPort(web, 9000)).toEqual({ host: "127.0.0.1", port: 9000 });
    expect(publishedPort(web, 81)).toEqual({ host: "10.0.0.5", port: 8081 });
  });

  it("that is none is refused with those that are", () => {
    expect(() => publishedPort(web, 90)).toThrow(
      expect.objectContaining({ code: "unsupported", hint: expect.stringContaining("It publishes 80, 81, 8080.") }),
    );
    expect(() => publishedPort(aContainer({}), 80)).toThrow(
      expect.objectContaining({ hint: 'It publishes none. Add it to the service: ports: ["80:80"].' }),
    );
  });
});
