import { CSPProvider } from "@base-ui/react/csp-provider";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { useConnection } from "./connection-store.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { RefusedPage } from "./refused-page.tsx";
import { Shell } from "./shell.tsx";

/** The whole face: a page that says why one is not let in, or the shell with its routes. */
export function App() {
  const refused = useConnection((connection) => connection.state === "refused");
  return (
    <ErrorBoundary>
      <CSPProvider disableStyleElements={true}>
        {refused ? (
          <RefusedPage />
        ) : (
          <Router hook={useHashLocation}>
            <Shell />
          </Router>
        )}
      </CSPProvider>
    </ErrorBoundary>
  );
}
