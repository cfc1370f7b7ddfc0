import { useState } from "react";
import type { Container, ContainerAction, Device, Failure } from "../../../shared/domain/index.ts";
import { isDisruptive } from "../../../shared/domain/index.ts";
import { useAction } from "../../app/use-action.ts";
import { callAction, type PlainAction } from "./container-calls.ts";

/** What a dialog is about. It is kept while the dialog goes away. */
export interface AskedAction {
  container: Container;
  action: ContainerAction;
  /** Counts the dialogs, so that each begins anew. */
  turn: number;
  open: boolean;
}

export interface ContainerActions {
  asked: AskedAction | null;
  /** Of what was done without a dialog. */
  failure: Failure | null;
  /** Does what disturbs nobody, and opens a dialog for everything else. */
  choose: (container: Container, action: ContainerAction) => void;
  close: () => void;
}

function isPlain(action: ContainerAction): action is PlainAction {
  return action !== "rename" && action !== "update";
}

/** What a person does to the containers of a device, one thing at a time. */
export function useContainerActions(device: Device): ContainerActions {
  const [asked, setAsked] = useState<AskedAction | null>(null);
  const now = useAction((container: Container, action: PlainAction) => callAction(device, container, action));
  return {
    asked,
    failure: now.failure,
    choose: (container, action) => {
      if (isPlain(action) && !isDisruptive(action)) void now.run(container, action);
      else {
        now.clear();
        setAsked((before) => ({ container, action, turn: (before?.turn ?? 0) + 1, open: true }));
      }
    },
    close: () => setAsked((before) => (before === null ? null : { ...before, open: false })),
  };
}
