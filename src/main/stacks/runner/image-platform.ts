import { AppError, type Service, type Stack } from "../../../shared/domain/index.ts";
import { type AskEmulation, type Engine, parsePlatform, runsNatively } from "../../engines/index.ts";

interface PlatformOfImage {
  image: string;
  platform: string;
}

/** A stack whose services are for a platform, but for those that say another one. Throws `bad-input` for what is no platform. */
export function withPlatform(stack: Stack, platform: string | null): Stack {
  if (platform === null) return stack;
  if (parsePlatform(platform) === null) {
    throw new AppError("bad-input", `${JSON.stringify(platform.slice(0, 60))} is no platform.`, {
      hint: "Write it like linux/arm64 or linux/arm/v7.",
    });
  }
  const services = stack.services.map((service): Service => {
    const own = service.options.platform ?? platform;
    const options = { ...service.options, platform: own };
    const build = service.build === null ? null : { ...service.build, platform: own };
    return { ...service, options, build };
  });
  return { ...stack, services };
}

/**
 * That the engine can run an image: by itself, or by an emulator that containers find.
 * @throws AppError `unsupported` with the exact way to get one.
 */
export async function requireRunnable(
  { engine, emulation }: { engine: Engine; emulation: AskEmulation },
  service: Service,
  { image, platform }: PlatformOfImage,
): Promise<void> {
  const own = (await engine.info()).platform;
  if (runsNatively(platform, own)) return;
  const { architecture = platform } = parsePlatform(platform) ?? {};
  const state = await emulation(architecture);
  if (state === "ready" || state === "unknown") return;
  const why =
    state === "missing"
      ? `nothing emulates ${architecture} there`
      : `its emulator of ${architecture} is registered without the flag F, so that containers do not find it`;
  const message = `The image ${image} of the service ${service.name} is for ${platform}, the engine's machine is ${own}, and ${why}.`;
  throw new AppError("unsupported", message, { hint: emulatorHint(architecture, own) });
}

function emulatorHint(architecture: string, own: string): string {
  const install = `docker run --privileged --rm tonistiigi/binfmt --install ${architecture}`;
  return `Register one: ${install}, or on Debian: sudo apt-get install qemu-user-static binfmt-support. Or take an image for ${own}.`;
}

/** An image that is not what the service asks for is refused before anything is made of it. */
export function wrongPlatform(service: Service, { image, platform }: PlatformOfImage, wanted: string): AppError {
  const message = `The image ${image} of the service ${service.name} is for ${platform}, and ${wanted} is wanted.`;
  return new AppError("unsupported", message, {
    hint: `Take an image that there is for ${wanted}, or correct \`platform\` of ${service.name} (or --platform).`,
  });
}
