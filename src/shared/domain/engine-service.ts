/** An engine by the socket it answers on, as far as it matters for what to type on its machine. */
type Service = "docker" | "docker-rootless" | "podman" | "podman-rootless" | "balena" | "kanto";

/** `place` is the path of the socket, or begins with it. */
function serviceAt(place: string): Service {
  const isOfUser = place.includes("/run/user/");
  if (place.includes("balena")) return "balena";
  if (place.includes("container-management")) return "kanto";
  if (place.includes("podman")) return isOfUser ? "podman-rootless" : "podman";
  return isOfUser ? "docker-rootless" : "docker";
}

// balenaOS calls its unit after the product (balena-os/meta-balena, balena.service); Podman is started by its socket.
const units: Record<Service, string> = {
  docker: "sudo systemctl start docker",
  "docker-rootless": "systemctl --user start docker",
  podman: "sudo systemctl start podman.socket",
  "podman-rootless": "systemctl --user start podman.socket",
  balena: "sudo systemctl start balena",
  kanto: "sudo systemctl start container-management",
};

/** What starts the engine behind a socket, to be typed on its machine. */
export function engineStart(place: string): string {
  return units[serviceAt(place)];
}

/** What says how the engine behind a socket is, to be typed on its machine. */
export function engineStatus(place: string): string {
  return engineStart(place).replace(" start ", " status ");
}

/** How a user who may not open an engine's socket gets in: a sentence. */
export function engineAccess(place: string, user: string): string {
  switch (serviceAt(place)) {
    case "podman":
      return "Log in as root, whose it is, or start the user's own: systemctl --user enable --now podman.socket.";
    case "balena":
      return "Log in as root, the user that balenaOS has for this.";
    case "docker-rootless":
    case "podman-rootless":
      return "It is another user's own engine: log in as that user.";
    default:
      return `Let the user in and log in again: sudo usermod -aG docker ${user}.`;
  }
}
