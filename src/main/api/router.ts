import { implement } from "@orpc/server";
import { contract } from "../../shared/contract/index.ts";
import { stackSelection } from "../../shared/domain/index.ts";
import { loadModels, reportRun } from "../profiling/index.ts";
import { exportStack, readFileOfStack, stackConfig } from "../stacks/index.ts";
import { importRuns } from "../store/index.ts";
import { compareRuns } from "./accuracy.ts";
import { adviseRun } from "./advise-run.ts";
import { budgetOutcomes } from "./budgets.ts";
import { calibrate, speedBook } from "./calibrate.ts";
import { checkStackFor } from "./check-handler.ts";
import { compareKept } from "./compare-runs.ts";
import { changeContainer, removeContainer, updateContainer } from "./container-handlers.ts";
import { keepDroppedFiles, remarkCopy } from "./dropped-files.ts";
import type { HostParts } from "./host.ts";
import { removeRun, setBaseline } from "./kept-runs.ts";
import { followLogsOf } from "./log-handlers.ts";
import { exportToBytes, exportToFile } from "./run-files.ts";
import { runHistory } from "./run-history.ts";
import { planRun } from "./run-plan.ts";
import { withoutEarlierSamples } from "./run-samples.ts";
import { importPart } from "./run-upload.ts";
import {
  browse,
  openSample,
  openStackFile,
  removeStackOn,
  restartStackOn,
  sampleFile,
  startStackOn,
} from "./stack-handlers.ts";
import { watchStack } from "./stack-watch.ts";
import { provingOf } from "./wanted-run.ts";

/** The handlers of the contract over the rooms. One router, served by every door and called directly by the command line. */
export function createRouter(parts: HostParts) {
  const { dataFolder, fleet, speeds, debts, runs, series, kept, runSamples, settings, info } = parts;
  const os = implement(contract);
  const known = { fleet, speeds };
  const measuring = { dataFolder, debts, ...known };
  return os.router({
    host: {
      info: os.host.info.handler(() => info()),
    },
    devices: {
      watch: os.devices.watch.handler(({ signal }) => fleet.watch(signalOrNever(signal))),
      list: os.devices.list.handler(() => fleet.list()),
      add: os.devices.add.handler(({ input }) => fleet.add(input.target, input.name)),
      trust: os.devices.trust.handler(({ input }) => fleet.trust(input.deviceId, input.fingerprint)),
      repin: os.devices.repin.handler(({ input }) =>
        fleet.repin(input.deviceId, input.pinnedFingerprint, input.offeredFingerprint),
      ),
      setUser: os.devices.setUser.handler(({ input }) => fleet.setUser(input.deviceId, input.user)),
      setPassword: os.devices.setPassword.handler(({ input }) =>
        fleet.setPassword(input.deviceId, input.user, input.password),
      ),
      setJumpPassword: os.devices.setJumpPassword.handler(({ input }) =>
        fleet.setJumpPassword(input.deviceId, input.jump, input.password),
      ),
      unlockKey: os.devices.unlockKey.handler(({ input }) =>
        fleet.unlockKey(input.deviceId, input.path, input.passphrase),
      ),
      shareKey: os.devices.shareKey.handler(({ input }) => fleet.shareKey(input.deviceId)),
      retry: os.devices.retry.handler(({ input }) => fleet.retry(input.deviceId)),
      probePlan: os.devices.probePlan.handler(({ input }) => fleet.probePlan(input)),
      probe: os.devices.probe.handler(({ input, signal }) => fleet.probe(input, signalOrNever(signal))),
      forget: os.devices.forget.handler(async ({ input }) => ({ forgotten: await fleet.forget(input.deviceId) })),
    },
    containers: {
      list: os.containers.list.handler(async ({ input }) => {
        const engine = await fleet.engineOf(input.deviceId);
        return engine.listContainers();
      }),
      watch: os.containers.watch.handler(({ input, signal }) =>
        fleet.containers(input.deviceId, signalOrNever(signal)),
      ),
      create: os.containers.create.handler(async ({ input, signal }) => {
        const engine = await fleet.engineOf(input.deviceId);
        return engine.makeContainer(input.container, input.start, signalOrNever(signal));
      }),
      start: os.containers.start.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.startContainer(input.containerId)),
      ),
      stop: os.containers.stop.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.stopContainer(input.containerId, input.graceMs)),
      ),
      restart: os.containers.restart.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.restartContainer(input.containerId, input.graceMs)),
      ),
      pause: os.containers.pause.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.pauseContainer(input.containerId)),
      ),
      unpause: os.containers.unpause.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.unpauseContainer(input.containerId)),
      ),
      rename: os.containers.rename.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => engine.renameContainer(input.containerId, input.name)),
      ),
      update: os.containers.update.handler(({ input }) =>
        changeContainer(fleet, input, (engine) => updateContainer(engine, input.containerId, input.change)),
      ),
      remove: os.containers.remove.handler(async ({ input }) => ({ removed: await removeContainer(fleet, input) })),
    },
    samples: {
      watch: os.samples.watch.handler(({ input, signal }) =>
        fleet.samples(input.deviceIds, input.intervalMs, signalOrNever(signal)),
      ),
    },
    logs: {
      follow: os.logs.follow.handler(({ input, signal }) => followLogsOf(fleet, input, signalOrNever(signal))),
      watch: os.logs.watch.handler(({ input: { deviceId, ...wanted }, signal }) =>
        fleet.watchLogs(deviceId, wanted, signalOrNever(signal)),
      ),
      page: os.logs.page.handler(({ input: { deviceId, ...wanted } }) => fleet.logPage(deviceId, wanted)),
      search: os.logs.search.handler(({ input: { deviceId, ...wanted }, signal }) =>
        fleet.searchLogs(deviceId, wanted, signalOrNever(signal)),
      ),
    },
    ports: {
      open: os.ports.open.handler(({ input: { deviceId, ...wanted } }) => fleet.openPort(deviceId, wanted)),
      list: os.ports.list.handler(() => fleet.ports()),
      close: os.ports.close.handler(async ({ input }) => ({ closed: await fleet.closePort(input.id) })),
    },
    stacks: {
      watch: os.stacks.watch.handler(({ input: { file, from }, signal }) => {
        const open =
          file === null
            ? openSample
            : async () => remarkCopy(await openStackFile(stackSelection(file, { from }), settings), dataFolder);
        return watchStack(file ?? sampleFile(), open, signalOrNever(signal));
      }),
      file: os.stacks.file.handler(({ input }) => readFileOfStack(input)),
      keepDropped: os.stacks.keepDropped.handler(async ({ input }) => ({
        file: await keepDroppedFiles(input.files, dataFolder),
      })),
      open: os.stacks.open.handler(({ input }) => openStackFile(input, settings)),
      export: os.stacks.export.handler(({ input }) => exportStack(input, process.env)),
      config: os.stacks.config.handler(({ input }) => stackConfig(input, process.env)),
      check: os.stacks.check.handler(({ input, signal }) => checkStackFor(input, known, signalOrNever(signal))),
      sample: os.stacks.sample.handler(() => openSample()),
      recent: os.stacks.recent.handler(async () => (await settings.get()).recentStacks),
      browse: os.stacks.browse.handler(({ input }) => browse(input.folder)),
      up: os.stacks.up.handler(({ input, signal }) => startStackOn(input, fleet, signalOrNever(signal))),
      restart: os.stacks.restart.handler(({ input, signal }) => restartStackOn(input, fleet, signalOrNever(signal))),
      down: os.stacks.down.handler(({ input }) => removeStackOn(input, fleet)),
    },
    models: {
      list: os.models.list.handler(() => loadModels()),
      budgets: os.models.budgets.handler(({ input }) => budgetOutcomes(input.targets, known)),
    },
    runs: {
      plan: os.runs.plan.handler(({ input }) => planRun(input.path)),
      start: os.runs.start.handler(({ input }) => runs.start(input)),
      watch: os.runs.watch.handler(({ input, signal }) => {
        const updates = runs.watch(input.runId, signalOrNever(signal));
        return input.samples === "all" ? updates : withoutEarlierSamples(updates);
      }),
      cancel: os.runs.cancel.handler(({ input }) => runs.cancel(input.runId)),
      fit: os.runs.fit.handler(({ input }) => runs.fit(input.runId, input.targets)),
      advise: os.runs.advise.handler(async ({ input: { runId, target, write } }) =>
        adviseRun(await runs.outcome(runId), target, write),
      ),
      report: os.runs.report.handler(async ({ input: { runId, format, failOnTight } }) => {
        const run = await runs.read(runId);
        return reportRun({ ...run, series: await series.of(run.record) }, format, { failOnTight });
      }),
      list: os.runs.list.handler(({ input }) => runs.list(input)),
      get: os.runs.get.handler(({ input }) => runs.read(input.runId)),
      logs: os.runs.logs.handler(({ input }) => kept.store.logs(input)),
      repeat: os.runs.repeat.handler(({ input: { repeat, ...request } }) => series.start(request, repeat)),
      watchSeries: os.runs.watchSeries.handler(({ input, signal }) =>
        series.watch(input.seriesId, signalOrNever(signal)),
      ),
      series: os.runs.series.handler(({ input }) => series.result(input.seriesId)),
      cancelSeries: os.runs.cancelSeries.handler(async ({ input }) => {
        await series.cancel(input.seriesId);
        return { cancelled: true };
      }),
      history: os.runs.history.handler(({ input }) => runHistory(kept.store, runs, input)),
      remove: os.runs.remove.handler(async ({ input }) => {
        await removeRun(kept, input.runId);
        return { removed: true };
      }),
      compare: os.runs.compare.handler(({ input }) => compareKept(kept, input.a, input.b)),
      exportFile: os.runs.exportFile.handler(({ input }) => exportToFile(kept.store, input)),
      importFile: os.runs.importFile.handler(({ input }) => importRuns(kept.store, input.file)),
      exportBytes: os.runs.exportBytes.handler(({ input }) => exportToBytes(kept.store, input.names)),
      importPart: os.runs.importPart.handler(({ input }) => importPart({ dataFolder, store: kept.store }, input)),
      baselines: os.runs.baselines.handler(() => kept.baselines.list()),
      setBaseline: os.runs.setBaseline.handler(({ input }) => setBaseline(kept, input.name, input.names)),
      removeBaseline: os.runs.removeBaseline.handler(async ({ input }) => {
        await kept.baselines.remove(input.name);
        return { removed: true };
      }),
      outline: os.runs.outline.handler(({ input }) => runSamples.outline(input.runId)),
      samples: os.runs.samples.handler(({ input }) => runSamples.span(input)),
      prove: os.runs.prove.handler(async ({ input }) => {
        const { request, proving } = provingOf(await runs.outcome(input.runId), input.target);
        return runs.start(request, { proving });
      }),
      accuracy: os.runs.accuracy.handler(({ input }) => compareRuns(kept.store, input)),
    },
    speed: {
      calibrate: os.speed.calibrate.handler(({ input, signal }) =>
        calibrate(input.device, measuring, signalOrNever(signal)),
      ),
      book: os.speed.book.handler(() => speedBook(measuring)),
      forget: os.speed.forget.handler(async ({ input }) => {
        await speeds.forget(input.modelId);
        return { forgotten: true as const };
      }),
    },
    settings: {
      get: os.settings.get.handler(() => settings.get()),
      set: os.settings.set.handler(({ input }) => settings.set(input)),
    },
  });
}

/** A transport without cancelling gives no signal: then nothing ever aborts. */
function signalOrNever(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}
