import { AppError, type Mount, type Service, type Substitution } from "../../../shared/domain/index.ts";
import type { Step } from "./local-stand-ins.ts";

const x11Folder = "/tmp/.X11-unix";
/** Where a service finds what it is given of a display. */
const insideFolder = "/run/bayplan-display";
const variables = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"] as const;

/** The display of this machine, as far as there is one. */
export interface HostDisplay {
  /** `:0`; null without X11. */
  display: string | null;
  /** The file with the cookies that let a client in; null when none is needed. */
  authority: string | null;
  waylandSocket: string | null;
  hasGpuNodes: boolean;
}

export interface DisplayRequest {
  desktop: boolean;
  host: HostDisplay;
  /** Where the cookies are copied to. */
  authorityCopy: string;
}

/**
 * The display of services that ask for one: this machine's with `desktop`, else none.
 * @throws AppError `unsupported` when this machine has none to give.
 */
export function standInDisplay(services: readonly Service[], request: DisplayRequest): Step & { asking: string[] } {
  // A volume there is how a service of the stack gives its own X server to the others.
  const hasOwnServer = services.some(({ mounts }) =>
    mounts.some(({ kind, target }) => kind === "volume" && target === x11Folder),
  );
  const asking = services.filter((service) => asksForDisplay(service, request.host, hasOwnServer));
  if (request.desktop && asking.length > 0) requireDisplay(request.host);
  const substitutions: Substitution[] = [];
  const change = (service: Service): Service => {
    if (!asking.includes(service)) return service;
    const bare = withoutDisplay(service);
    const instead = request.desktop ? given(request.host) : "left out; --desktop gives it";
    substitutions.push({ kind: "display", service: service.name, what: "the display", instead, place: null });
    return request.desktop ? withDisplay(bare, request) : bare;
  };
  return { services: services.map(change), substitutions, asking: asking.map(({ name }) => name) };
}

function asksForDisplay({ mounts, environment }: Service, host: HostDisplay, hasOwnServer: boolean): boolean {
  if (mounts.some(isX11Bind)) return true;
  if (hasOwnServer) return false;
  const { DISPLAY: display, WAYLAND_DISPLAY: wayland } = environment;
  // A server of its own inside the container has a high number (Xvfb's :99); seats of a machine begin at :0.
  const isSeat = display !== undefined && (display === host.display || /^(?::[0-9](?:\.[0-9]+)?)?$/.test(display));
  return isSeat || wayland !== undefined;
}

function isX11Bind({ kind, source, target }: Mount): boolean {
  return kind === "bind" && (source === x11Folder || target === x11Folder || target.startsWith(`${x11Folder}/`));
}

function requireDisplay({ display, waylandSocket }: HostDisplay): void {
  if (display === null && waylandSocket === null) {
    throw new AppError(
      "unsupported",
      "There is no display to give: neither DISPLAY nor WAYLAND_DISPLAY leads to one.",
      {
        hint: "Run it in a desktop session, or leave --desktop out.",
      },
    );
  }
  if (display === null || /^(?:unix)?:[0-9]+(?:\.[0-9]+)?$/.test(display)) return;
  throw new AppError("unsupported", `The display ${display} is on the network, where a container does not reach it.`, {
    hint: "Run it in a session of this machine itself, or leave --desktop out.",
  });
}

function given({ display, waylandSocket, hasGpuNodes }: HostDisplay): string {
  const parts = [
    display === null ? null : `this machine's, ${display}`,
    waylandSocket === null ? null : `its Wayland socket ${waylandSocket}`,
    hasGpuNodes ? "with /dev/dri" : null,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function withoutDisplay(service: Service): Service {
  const authorityTarget = service.environment.XAUTHORITY;
  return {
    ...service,
    environment: Object.fromEntries(
      Object.entries(service.environment).filter(([name]) => !variables.some((variable) => variable === name)),
    ),
    mounts: service.mounts.filter((mount) => !isX11Bind(mount) && mount.target !== authorityTarget),
  };
}

function withDisplay(service: Service, { host, authorityCopy }: DisplayRequest): Service {
  const environment = { ...service.environment };
  const mounts = [...service.mounts];
  const bind = (source: string, target: string, readOnly: boolean) =>
    mounts.push({ kind: "bind", source, target, readOnly, tmpfsBytes: null });
  if (host.display !== null) {
    environment.DISPLAY = host.display;
    bind(x11Folder, x11Folder, false);
  }
  if (host.display !== null && host.authority !== null) {
    environment.XAUTHORITY = `${insideFolder}/Xauthority`;
    bind(authorityCopy, environment.XAUTHORITY, true);
  }
  if (host.waylandSocket !== null) {
    environment.WAYLAND_DISPLAY = `${insideFolder}/wayland`;
    bind(host.waylandSocket, environment.WAYLAND_DISPLAY, false);
  }
  const gpu = { source: "/dev/dri", target: "/dev/dri", permissions: "rwm" };
  const hasGpu = service.options.devices.some(({ target }) => target.startsWith("/dev/dri"));
  const devices = host.hasGpuNodes && !hasGpu ? [...service.options.devices, gpu] : service.options.devices;
  return { ...service, environment, mounts, options: { ...service.options, devices } };
}
