import { Copy, X } from "lucide-react";
import type { Container, OpenPort } from "../../shared/domain/index.ts";
import { isDesktop } from "../app/connect.ts";
import { Button, IconButton } from "../ui/button.tsx";

interface OpenPortsBarProps {
  ports: readonly OpenPort[];
  containers: readonly Container[];
  onClose: (id: string) => void;
}

/** The addresses at which ports of this device are open here, until they are closed. */
export function OpenPortsBar({ ports, containers, onClose }: OpenPortsBarProps) {
  if (ports.length === 0) return null;
  return (
    <ul className="open-ports" aria-label="Open ports">
      {ports.map((port) => {
        const container = containers.find((one) => one.id === port.containerId);
        const name =
          container === undefined ? `port ${port.port}` : `${container.service ?? container.name}, port ${port.port}`;
        return (
          <li key={port.id}>
            <span className="soft">{name}, through SSH:</span>
            {isDesktop() ? (
              <code>{port.url}</code>
            ) : (
              <a href={port.url} target="_blank" rel="noopener noreferrer">
                {port.url}
              </a>
            )}
            <Button look="ghost" icon={Copy} onClick={() => void navigator.clipboard.writeText(port.url)}>
              Copy
            </Button>
            <IconButton icon={X} label={`Close ${name}`} onClick={() => onClose(port.id)} />
          </li>
        );
      })}
    </ul>
  );
}
