/** Offers a file to keep. */
export function offerFile(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after this has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
