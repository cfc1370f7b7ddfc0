import { readFile } from "node:fs/promises";
import * as z from "zod";
import { AppError, type NewContainer } from "../../../../shared/domain/index.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";

/** A file is told from an image by its ending: no tag of an image ends so by custom. */
const isFile = /\.json$/i;

/** Creates a container of an image, or of a file in Kanto's own JSON, and starts it unless told otherwise. */
export async function createContainer(
  context: Context,
  {
    device: name,
    what,
    containerName,
    start,
  }: { device: string; what: string; containerName: string | null; start: boolean },
): Promise<number> {
  const container = await wantedOf(what, containerName);
  const device = await findOnlineDevice(context, name);
  context.output.note(`Creating it on ${device.name}, which gets the image where it has it not.`);
  const created = await context.client.containers.create(
    { deviceId: device.id, container, start },
    { signal: context.signal },
  );
  context.output.value({ device: device.name, deviceId: device.id, ...created });
  const { id, name: given, state } = created.container;
  const by = created.confirmedBy === "container-feature" ? "as Kanto's Container feature tells" : "as the engine tells";
  context.output.text(`${given} is ${state}, ${by}. Its id: ${id}`);
  return 0;
}

async function wantedOf(what: string, name: string | null): Promise<NewContainer> {
  if (!isFile.test(what)) return { kind: "image", image: what, name };
  const container = await readJson(what);
  return { kind: "kanto", container: name === null ? container : { ...container, container_name: name } };
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const isThere = !(error instanceof Error && "code" in error);
    throw new AppError("bad-input", isThere ? `${file} holds no JSON object.` : `The file ${file} cannot be read.`, {
      hint: "A container as kanto-cm get prints it, or as kanto-cm create -f reads it.",
      cause: error,
    });
  }
}
