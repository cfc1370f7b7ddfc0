import type { Service } from "../../../shared/domain/index.ts";
import { portText, volumeNames, waitsText } from "./service-words.ts";

/** What a service is made of, quietly, in a place that stays the same for all of them. */
export function NodeFacts({ service }: { service: Service | null }) {
  if (service === null) {
    return <p className="node-facts muted small">Point at a service for its image, ports, volumes and networks.</p>;
  }
  const facts: [string, string][] = [
    ["Waits for", waitsText(service)],
    ["Image", service.image ?? (service.build === null ? "" : `built from ${service.build.dockerfile}`)],
    ["Ports", service.ports.map(portText).join(", ")],
    ["Volumes", volumeNames(service).join(", ")],
    ["Networks", service.networks.map(({ name }) => name).join(", ")],
  ];
  return (
    <div className="node-facts small">
      <b className="clip">{service.name}</b>
      <dl>
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="clip" title={value}>
                {value}
              </dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
