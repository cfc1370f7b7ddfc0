import type { Command } from "commander";
import { AppError } from "../../../shared/domain/index.ts";
import { calibrate, forgetLearned, listSpeeds } from "./commands/calibrate.ts";
import type { Context } from "./context.ts";

type Run = (action: (context: Context) => Promise<number>) => Promise<void>;

/** The command about the speed of machines. */
export function addSpeedCommands(program: Command, { alone, withDevices }: { alone: Run; withDevices: Run }): void {
  program
    .command("calibrate [device]")
    .description("measure how fast a device is, or this machine; kept, and used by every verdict from then on")
    .option("--list", "what was measured, and learned from runs on devices")
    .option("--forget <model>", "forget what was learned of a model of the catalogue")
    .action((device: string | undefined, { list, forget }: { list?: boolean; forget?: string }) => {
      const wishes = [device !== undefined, list === true, forget !== undefined].filter((one) => one);
      if (wishes.length > 1) {
        throw new AppError("bad-input", "A device, --list and --forget each stand alone.", {
          hint: "Write: bayplan calibrate DEVICE",
        });
      }
      if (list === true) return alone(listSpeeds);
      if (forget !== undefined) return alone((context) => forgetLearned(context, { model: forget }));
      if (device === undefined) return alone((context) => calibrate(context, { device: null }));
      return withDevices((context) => calibrate(context, { device }));
    });
}
