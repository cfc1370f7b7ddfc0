import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
  footer: ReactNode;
}

/** A question or a form above the page; Escape and a click beside it close it, the focus goes back. */
export function Dialog({ title, open, onClose, wide = false, children, footer }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className={`dialog ${wide ? "wide" : ""}`}>
          <header>
            <Base.Title>{title}</Base.Title>
            <Base.Close className="btn ghost icon-only" aria-label="Close">
              <Icon of={X} />
            </Base.Close>
          </header>
          <div className="body">{children}</div>
          <footer>{footer}</footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
