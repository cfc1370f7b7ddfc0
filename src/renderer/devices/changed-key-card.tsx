import { useState } from "react";
import type { Device } from "../../shared/domain/index.ts";
import { RepinDialog } from "../app/device-actions/repin-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { CardHead } from "./card-head.tsx";

/** A device that shows another key than the pinned one: nothing goes to it until a person has looked. */
export function ChangedKeyCard({ device }: { device: Device }) {
  const [asking, setAsking] = useState(false);
  return (
    <article className="panel card dev changed">
      <CardHead device={device} />
      <p className="ask">
        <b className="c-over">Bayplan stopped talking to it.</b>
      </p>
      <p className="small soft">
        Its host key is not the one that you trusted. A fresh system image does that, and so does somebody in between.
      </p>
      <div className="acts">
        <Button onClick={() => setAsking(true)}>Compare the keys</Button>
      </div>
      <RepinDialog device={device} open={asking} onClose={() => setAsking(false)} />
    </article>
  );
}
