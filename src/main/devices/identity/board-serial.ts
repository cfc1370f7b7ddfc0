/**
 * What vendors leave in the firmware when they did not write a serial number, in lower case and without punctuation.
 * Collected from DMI tables of boards in the field; a filler that thousands share must never become an identity.
 */
const FILLERS = new Set([
  "none",
  "null",
  "na",
  "empty",
  "unknown",
  "invalid",
  "default",
  "defaultstring",
  "serialnumber",
  "systemserialnumber",
  "boardserialnumber",
  "baseboardserialnumber",
  "productname",
  "systemproductname",
  "systemversion",
  "notspecified",
  "notapplicable",
  "notavailable",
  "tobefilledbyoem",
  "oem",
  "oemstring",
  "chassisserialnumber",
  "mbserialnumber",
  "undefined",
  "standard",
  "typeserialnumber",
  "0123456789",
  "123456789",
  "1234567890",
  "012345678",
  "01234567890123456789",
  "1234567",
]);

/** Trims what firmware says and gives null for a filler, for zeros and for one character repeated. */
export function firmwareText(text: string | undefined): string | null {
  const trimmed = (text ?? "").replaceAll(/\p{Cc}/gu, "").trim();
  const plain = trimmed.toLowerCase().replaceAll(/[\s._/\\()[\]"'-]/g, "");
  if (plain === "" || FILLERS.has(plain) || /^(.)\1*$/.test(plain)) return null;
  return trimmed;
}
