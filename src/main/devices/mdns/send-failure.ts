/**
 * What to do when a question could not be sent. macOS 15 refuses the local network to programs that were not allowed to
 * use it, and says "no route to host" (EHOSTUNREACH) for it; elsewhere EPERM is a firewall of this machine.
 */
export function hintOfSendFailure(failure: string, platform: string): string {
  if (platform === "darwin" && /EHOSTUNREACH|EPERM|EACCES/.test(failure)) {
    return "Allow it in System Settings, Privacy & Security, Local Network: for Bayplan, or for the terminal that runs it.";
  }
  if (/EPERM|EACCES/.test(failure)) {
    return "A firewall of this machine keeps Bayplan from sending to 224.0.0.251 and ff02::fb, port 5353 (UDP). Allow it.";
  }
  if (/EADDRINUSE/.test(failure)) {
    return "Another program keeps port 5353 for itself. End it, or search the network instead.";
  }
  if (/ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL/.test(failure)) {
    return "The network has no way for multicast: a VPN may have taken it over. Leave the VPN, or add devices by address.";
  }
  return "Search the network, or add devices by address: neither needs multicast.";
}
