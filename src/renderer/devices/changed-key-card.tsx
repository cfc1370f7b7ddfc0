import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { RepinDialog } from "../app/device-actions/repin-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Pill } from "../ui/pill.tsx";
import { CardHead } from "./card-head.tsx";

/** A device that shows another key than the pinned one: nothing goes to it until a person has looked. */
export function ChangedKeyCard({ device }: { device: Device }) {
  const [asking, setAsking] = useState(false);
  return (
    <article className="panel card dev changed">
      <CardHead device={device} pill={<Pill tone="over" icon={KeyRound} text="Key changed" />} />
      <p className="ask">
        <b>Bayplan stopped talking to it.</b>
      </p>
      <p className="small soft">
        It answers with another key than the one you trusted. A fresh system image does that, and so does somebody in
        between.
      </p>
      <div className="acts">
        <Button onClick={() => setAsking(true)}>Compare the keys</Button>
      </div>
      <RepinDialog device={device} open={asking} onClose={() => setAsking(false)} />
    </article>
  );
}
