import { useEffect } from "react";
import { DropArea } from "../stacks/drop/drop-area.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { watchDevices } from "./devices-store.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { watchHost } from "./host-store.ts";
import { Routes } from "./routes.tsx";
import { watchSamples } from "./samples-store.ts";
import { Sidebar } from "./sidebar.tsx";
import { StatusBar } from "./status-bar.tsx";

/** The frame around every page. What the frame shows is followed for as long as it stands. */
export function Shell() {
  useEffect(() => {
    const stops = [watchDevices(), watchSamples(), watchHost()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={focusContent}>
        Skip to content
      </button>
      <Sidebar />
      <main className="main" id="content" tabIndex={-1}>
        <ConnectionBanner />
        <ErrorBoundary>
          <Routes />
        </ErrorBoundary>
      </main>
      <StatusBar />
      <DropArea />
    </div>
  );
}

/** The hash belongs to the routes, so a button moves the focus where a link would go. */
function focusContent(): void {
  document.getElementById("content")?.focus();
}
