import { randomBytes } from "node:crypto";
import type { ContainerSpec, Engine } from "../../src/main/engines/index.ts";
import { AppError, plainOptions, type Service } from "../../src/shared/domain/index.ts";

/** The image that the lab loads: a static busybox. */
export const busyboxImage = "bayplan-lab/busybox:1";

const testLabel = "io.bayplan.test";

export function serviceOf(values: Partial<Service> = {}): Service {
  return {
    name: "web",
    place: { file: "/compose.yaml", line: 1, column: 1 },
    image: busyboxImage,
    build: null,
    command: null,
    entrypoint: null,
    environment: {},
    labels: {},
    ports: [],
    mounts: [],
    networks: [],
    dependsOn: [],
    healthcheck: null,
    restart: { policy: "no", maximumRetries: null },
    options: plainOptions,
    files: [],
    limits: { memoryBytes: null, memoryReservationBytes: null, cpuCores: null, pids: null },
    containerName: null,
    hostName: null,
    user: null,
    workingFolder: null,
    readOnly: false,
    init: false,
    stopSignal: null,
    stopGraceMs: null,
    batch: false,
    load: false,
    ...values,
  };
}

/** Makes things on an engine under a label of its own, and takes all of them away again. */
export class EngineBench {
  readonly engine: Engine;
  readonly mark = `t-${process.pid}-${randomBytes(4).toString("hex")}`;
  readonly labels: Record<string, string> = { [testLabel]: this.mark };

  constructor(engine: Engine) {
    this.engine = engine;
  }

  spec(name: string, command: string[], values: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      name: `${this.mark}-${name}`,
      image: busyboxImage,
      service: serviceOf({ name, command }),
      labels: { ...this.labels, "com.docker.compose.project": this.mark, "com.docker.compose.service": name },
      environment: {},
      ports: [],
      mounts: [],
      networks: [],
      limits: {
        memoryBytes: null,
        memoryReservationBytes: null,
        cpuPeriodUs: null,
        cpuQuotaUs: null,
        cpuset: null,
        pids: null,
      },
      cgroupParent: null,
      ...values,
    };
  }

  async run(name: string, command: string[], values: Partial<ContainerSpec> = {}): Promise<string> {
    const id = await this.engine.createContainer(this.spec(name, command, values));
    await this.engine.startContainer(id);
    return id;
  }

  async untilEnded(id: string): Promise<void> {
    for (let i = 0; i < 200; i += 1) {
      if (!(await this.engine.inspectContainer(id)).running) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${id} does not end.`);
  }

  async clean(): Promise<void> {
    const things = await this.engine.listByLabel(`${testLabel}=${this.mark}`);
    for (const container of things.containers) await this.engine.removeContainer(container.id);
    for (const network of things.networks) await this.engine.removeNetwork(network.id);
    for (const volume of things.volumes) await this.engine.removeVolume(volume.name);
  }
}

export async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it worked"),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error;
}
