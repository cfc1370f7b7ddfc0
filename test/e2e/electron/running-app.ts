import type { Page } from "playwright";

/** The app with its window open, whichever way it runs. */
export interface RunningApp {
  page: Page;
  /** What the main process wrote to stderr so far. */
  log(): string;
  /** Closes the window as a person would and waits for the process; gives its exit code. */
  close(): Promise<number | null>;
  /** Ends everything, whatever state it is in. */
  destroy(): Promise<void>;
}
