import { AppError } from "../../../shared/domain/index.ts";
import { type PutRequest, putStackOnDevice, type StackOnDevice } from "./stack-on-device.ts";

/**
 * Copies what a stack binds of its folder to a device, then starts it there; when that fails the files are as they were before, too.
 * @throws AppError as `putStackOnDevice` does, and what `start` throws.
 */
export async function withFilesOnDevice<T>(
  request: PutRequest,
  start: (placed: StackOnDevice) => Promise<T>,
): Promise<T> {
  const placed = await putStackOnDevice(request);
  let started: T;
  try {
    started = await start(placed);
  } catch (error) {
    throw await afterRevert(placed, error);
  }
  try {
    await placed.settle();
  } catch (error) {
    // The stack is up, and the next sending removes what is left over.
    if (!(error instanceof AppError)) throw error;
    request.onProgress(`What was replaced on the device could not be removed yet: ${error.message}`);
  }
  return started;
}

async function afterRevert(placed: StackOnDevice, failure: unknown): Promise<unknown> {
  try {
    await placed.revert();
    return failure;
  } catch (error) {
    if (!(failure instanceof AppError) || !(error instanceof AppError)) return failure;
    const hint = `${failure.hint ?? ""} The files on the device are the new ones: ${error.message}`.trim();
    return new AppError(failure.code, failure.message, { hint, cause: failure });
  }
}
