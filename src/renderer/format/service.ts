const words: Record<string, string> = {
  "_ssh._tcp": "SSH",
  "_sftp-ssh._tcp": "SFTP",
  "_resin-device._sub._ssh._tcp": "balena",
  "_workstation._tcp": "a workstation",
  "_device-info._tcp": "its model",
  "_mqtt._tcp": "an MQTT broker",
  "_smb._tcp": "a file server",
  "_ipp._tcp": "a printer",
  "_printer._tcp": "a printer",
  "_googlecast._tcp": "a television or loudspeaker",
  "_airplay._tcp": "a television or loudspeaker",
};

/** What a machine announces, in words: `Announces an MQTT broker and a workstation`. */
export function servicesText(services: readonly string[]): string {
  const said = [...new Set(services.map((service) => words[service] ?? service))];
  if (said.length === 0) return "Seen on the network";
  const last = said.at(-1) ?? "";
  return `Announces ${said.length === 1 ? last : `${said.slice(0, -1).join(", ")} and ${last}`}`;
}
