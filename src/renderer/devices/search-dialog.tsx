import { useState } from "react";
import { DEFAULT_PROBE_PORTS, type Failure, type ProbePlan } from "../../shared/domain/index.ts";
import { portsText, probeResultText, probeSeconds } from "../../shared/format/probe.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { TextField } from "../ui/field.tsx";
import { parseSearch } from "./search-request.ts";
import { cancelSearch, clearSearch, type NetworkSearch, startSearch, useSearch } from "./search-store.ts";

/** What will be asked, in figures, before anybody is asked. */
function PlanTable({ plan }: { plan: ProbePlan }) {
  const total = plan.subnets.reduce((sum, { addresses }) => sum + addresses, 0);
  return (
    <>
      <ul className="probe-plan" aria-label="What will be asked">
        {plan.subnets.map(({ cidr, interfaceName, addresses, partOf }) => (
          <li key={cidr}>
            <b>{cidr}</b>
            <span>
              {partOf === null
                ? (interfaceName ?? "not a network of this machine")
                : `${interfaceName ?? ""}, the part of ${partOf} around this machine: the whole is too large`}
            </span>
            <span className="num">{countText(addresses, "address", "addresses")}</span>
          </li>
        ))}
      </ul>
      <p className="caption">
        {countText(total, "address", "addresses")} on {portsText(plan.ports)}, about {probeSeconds(plan)} s.
      </p>
    </>
  );
}

function Progress({ search }: { search: NetworkSearch }) {
  const { counts, found, status } = search;
  const asked = counts?.asked ?? 0;
  const total = counts?.addresses ?? 0;
  const percent = total === 0 ? 0 : Math.round((asked / total) * 100);
  return (
    <>
      <div className="probe-progress">
        <div
          className="bar"
          role="progressbar"
          aria-label="Addresses asked"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
        >
          <i style={{ width: `${percent}%` }} />
        </div>
        <p className="small" aria-live="polite">
          {status === "running"
            ? `${asked} of ${countText(total, "address", "addresses")} asked, SSH answers at ${found.length}`
            : status === "cancelled"
              ? `Cancelled after ${asked} of ${countText(total, "address", "addresses")}. SSH answers at ${found.length}; what was found stays.`
              : counts === null
                ? ""
                : probeResultText(counts)}
        </p>
      </div>
      {found.length === 0 ? null : (
        <ul className="probe-found" aria-label="Found">
          {found.map(({ host, port, banner }) => (
            <li key={`${host} ${port}`}>
              <b>{port === 22 ? host : `${host}:${port}`}</b>
              <span className="clip">{banner.replace(/^SSH-[\d.]+-/, "")}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Asks whether a network is to be searched, shows how far it is, and what came of it. */
export function SearchDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [networks, setNetworks] = useState("");
  const [ports, setPorts] = useState(DEFAULT_PROBE_PORTS.join(", "));
  const search = useSearch();
  const parsed = parseSearch(networks, ports);
  const request = open && search.status === "idle" && parsed.ok ? parsed.request : null;
  const plan = useAnswer(JSON.stringify(request), async (signal) =>
    request === null ? null : client.devices.probePlan(request, { signal }),
  );
  const problems = {
    networks: parsed.ok ? (networks === "" ? null : sentenceOf(plan.failure)) : problemAt(parsed, "networks"),
    ports: parsed.ok ? null : problemAt(parsed, "ports"),
  };
  const running = search.status === "running";
  const asking = search.status === "idle";
  return (
    <Dialog
      title="Search the network"
      open={open}
      onClose={onClose}
      footer={
        running ? (
          <>
            <Button onClick={cancelSearch}>Cancel search</Button>
            <Button look="primary" onClick={onClose}>
              Go on in the background
            </Button>
          </>
        ) : asking ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" type="submit" form="search-network" disabled={plan.value === null}>
              Search
            </Button>
          </>
        ) : (
          <>
            <Button onClick={clearSearch}>Search again</Button>
            <Button
              look="primary"
              onClick={() => {
                clearSearch();
                onClose();
              }}
            >
              Close
            </Button>
          </>
        )
      }
    >
      {asking ? (
        <form
          id="search-network"
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (parsed.ok && plan.value !== null) void startSearch(parsed.request);
          }}
        >
          <p>
            Bayplan knocks at each address and reads which SSH answers. It does not log in. Whoever looks after the
            network may notice.
          </p>
          <TextField
            label="Networks"
            value={networks}
            onChange={setNetworks}
            placeholder="the private networks of this machine"
            hint="Or others: 192.168.4.0/24, with a space between several."
            problem={problems.networks}
          />
          <TextField
            label="Ports"
            value={ports}
            onChange={setPorts}
            placeholder={DEFAULT_PROBE_PORTS.join(", ")}
            hint="22 is SSH, 22222 is balenaOS."
            problem={problems.ports}
          />
          {plan.value === null ? null : <PlanTable plan={plan.value} />}
          {plan.failure !== null && networks === "" ? <FailureNote failure={plan.failure} tone="tight" /> : null}
        </form>
      ) : search.status === "failed" && search.failure !== null ? (
        <FailureNote failure={search.failure} />
      ) : (
        <Progress search={search} />
      )}
    </Dialog>
  );
}

function sentenceOf(failure: Failure | null): string | null {
  return failure === null ? null : [failure.message, failure.hint].filter((part) => part !== null).join(" ");
}

function problemAt(parsed: Extract<ReturnType<typeof parseSearch>, { ok: false }>, field: "networks" | "ports") {
  return parsed.field === field ? parsed.problem : null;
}
