import type { DeviceId, LogBatch } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";

/** What `logs.follow` asks for, checked by the contract. */
interface FollowInput {
  deviceId: DeviceId;
  containerIds: readonly string[];
  tail: number;
  follow: boolean;
  lagLines: number | null;
}

/** What there is now, straight from the engine; or all that comes, through what is kept of it here. */
export async function* followLogsOf(
  fleet: Fleet,
  { deviceId, follow, ...request }: FollowInput,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  if (follow) {
    yield* fleet.logs(deviceId, request, signal);
    return;
  }
  const engine = await fleet.engineOf(deviceId);
  yield* engine.logs({ containerIds: request.containerIds, tail: request.tail, follow }, signal);
}
