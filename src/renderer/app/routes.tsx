import { Redirect, Route, Switch } from "wouter";
import { stackFormatSchema } from "../../shared/domain/index.ts";
import { DevicePage } from "../device/device-page.tsx";
import { DevicesPage } from "../devices/devices-page.tsx";
import { ComparePage } from "../runs/compare-page.tsx";
import { RunPage } from "../runs/run-page.tsx";
import { RunsPage } from "../runs/runs-page.tsx";
import { StackPage } from "../stacks/stack-page.tsx";
import { StacksPage } from "../stacks/stacks-page.tsx";

/** Which address shows which page. The addresses are part of the product: people keep them. */
export function Routes() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/devices" replace={true} />
      </Route>
      <Route path="/devices">
        <DevicesPage />
      </Route>
      <Route path="/devices/:deviceId">
        {({ deviceId }) => <DevicePage key={deviceId} deviceId={decodeURIComponent(deviceId)} />}
      </Route>
      <Route path="/stacks">
        <StacksPage />
      </Route>
      <Route path="/stacks/sample">
        <StackPage file={null} from={null} />
      </Route>
      <Route path="/stacks/open/:file/:from?">
        {({ file, from }) => (
          <StackPage
            key={`${file} ${from}`}
            file={decodeURIComponent(file)}
            from={stackFormatSchema.safeParse(from).data ?? null}
          />
        )}
      </Route>
      <Route path="/runs">
        <RunsPage />
      </Route>
      <Route path="/runs/compare/:a/:b">
        {({ a, b }) => <ComparePage key={`${a} ${b}`} a={decodeURIComponent(a)} b={decodeURIComponent(b)} />}
      </Route>
      <Route path="/runs/:runId">{({ runId }) => <RunPage key={runId} runId={runId} charts={null} />}</Route>
      <Route path="/runs/:runId/charts/:target/:span?">
        {({ runId, ...charts }) => <RunPage key={runId} runId={runId} charts={charts} />}
      </Route>
      <Route>
        <Redirect to="/devices" replace={true} />
      </Route>
    </Switch>
  );
}
