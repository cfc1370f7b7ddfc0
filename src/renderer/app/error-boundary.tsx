import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button } from "../ui/button.tsx";

interface Props {
  children: ReactNode;
}

/** Catches a fault of the face itself: a clear sentence and a way on, instead of a blank window. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="refused" role="alert">
        <h1>This view has a fault</h1>
        <p>Your devices and runs are not affected: they live in the host, not in this window. Load the view again.</p>
        <pre className="fingerprint">{error.message}</pre>
        <Button look="primary" onClick={() => location.reload()}>
          Reload
        </Button>
      </main>
    );
  }
}
