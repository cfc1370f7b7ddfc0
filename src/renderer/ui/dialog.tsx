import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
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
  const opener = useRef<Element | null>(null);
  // A field that takes the focus as it appears would otherwise pass for the place to go back to.
  if (open) opener.current ??= document.activeElement;
  else opener.current = null;
  const goBack = opener.current;
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup
          // The entry of a menu has gone with its menu by then.
          finalFocus={() => (goBack instanceof HTMLElement && goBack.isConnected ? goBack : true)}
          className={`dialog ${wide ? "wide" : ""}`}
        >
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
