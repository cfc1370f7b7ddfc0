import {
  AppError,
  type DeviceSpeed,
  type LearnedModel,
  type MeasuredSpeed,
  type SpeedBook,
} from "../../../../shared/domain/index.ts";
import { speedText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { findOnlineDevice } from "../find-device.ts";
import { formatTable } from "../table.ts";

/** Measures a device, or this machine for null, and prints how fast it is. Ctrl-C leaves nothing on the device. */
export async function calibrate(context: Context, { device }: { device: string | null }): Promise<number> {
  const { client, output, signal } = context;
  const found = device === null ? null : await findOnlineDevice(context, device);
  const stream = await client.speed.calibrate({ device: found?.id ?? null }, { signal });
  for await (const update of stream) {
    if (update.kind === "progress") {
      output.note(update.text);
      continue;
    }
    output.value({ here: update.here, device: update.device });
    output.text(
      update.device === null ? speedLines("This machine", update.here) : bothLines(update.device, update.here),
    );
    return 0;
  }
  throw new AppError("cancelled", "The measurement was cancelled.");
}

/** What was measured and learned so far. */
export async function listSpeeds({ client, output }: Context): Promise<number> {
  const book = await client.speed.book();
  output.value(book);
  output.text([speedTable(book), learnedTable(book.learned)].join("\n\n"));
  return 0;
}

/** Forgets what runs on a model have taught. */
export async function forgetLearned({ client, output }: Context, { model }: { model: string }): Promise<number> {
  const answer = await client.speed.forget({ modelId: model });
  output.value(answer);
  output.text(`Forgot what was learned of ${model}.`);
  return 0;
}

function bothLines(device: DeviceSpeed, here: MeasuredSpeed): string {
  const ratio = device.singleCoreScore / here.singleCoreScore;
  const compared = `One core of ${device.name} is worth ${ratio.toFixed(2)} of one here (${speedText(here, Date.now())}).`;
  const kinds = Object.entries(device.kernels).flatMap(([name, score]) => {
    const own = here.kernels[name];
    return own === undefined ? [] : [{ name, score, own }];
  });
  const table = formatTable(kinds, [
    { head: "WORK", value: ({ name }) => name },
    { head: "THERE", right: true, value: ({ score }) => String(Math.round(score)) },
    { head: "HERE", right: true, value: ({ own }) => String(Math.round(own)) },
    { head: "RATIO", right: true, value: ({ score, own }) => (score / own).toFixed(2) },
  ]);
  return [speedLines(device.name, device), compared, table].join("\n\n");
}

function speedLines(name: string, speed: MeasuredSpeed): string {
  const { multiCoreScore } = speed;
  const all = multiCoreScore === null ? "" : ` All cores at once: ${Math.round(multiCoreScore)} MIPS.`;
  const missing = Object.entries(speed.notMeasured).map(([what, why]) => `Not measured: ${what}, ${why}`);
  return [`${name}: ${speedText(speed, Date.now())}.${all}`, ...missing].join("\n");
}

function speedTable({ here, devices }: SpeedBook): string {
  const rows = [...(here === null ? [] : [{ name: "this machine", ...here }]), ...devices];
  if (rows.length === 0) return "Nothing was measured yet. `bayplan calibrate DEVICE` does.";
  return formatTable(rows, [
    { head: "MACHINE", value: ({ name }) => name },
    { head: "MIPS A CORE", right: true, value: ({ singleCoreScore }) => String(Math.round(singleCoreScore)) },
    {
      head: "ALL CORES",
      right: true,
      value: ({ multiCoreScore }) => (multiCoreScore === null ? "-" : String(Math.round(multiCoreScore))),
    },
    { head: "MEASURED", value: ({ measuredAt }) => measuredAt.slice(0, 10) },
  ]);
}

function learnedTable(learned: readonly LearnedModel[]): string {
  if (learned.length === 0)
    return "Nothing was learned from runs on devices yet. `bayplan profile FILE --on DEVICE` makes one.";
  return formatTable(learned, [
    { head: "MODEL", value: ({ modelId }) => modelId },
    { head: "NEEDS OF CPU", right: true, value: ({ factor }) => `x ${factor.toFixed(2)}` },
    { head: "RUNS", right: true, value: ({ runs }) => String(runs) },
    { head: "", value: ({ used, needed }) => (used ? "used" : `used from ${needed} runs on`) },
  ]);
}
