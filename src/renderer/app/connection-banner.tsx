import { Unplug } from "lucide-react";
import { Icon } from "../ui/icon.tsx";
import { useConnection } from "./connection-store.ts";

/** One quiet line while the host cannot be reached. It lies above the page, so that nothing moves. */
export function ConnectionBanner() {
  const lost = useConnection((connection) => connection.state === "lost");
  return (
    <div role="status" aria-live="polite">
      {lost ? (
        <p className="banner">
          <Icon of={Unplug} size={14} />
          Connection to Bayplan lost. Trying again.
        </p>
      ) : null}
    </div>
  );
}
