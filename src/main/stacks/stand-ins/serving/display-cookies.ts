/** FamilyWild of Xauth.h: a cookie that counts whatever the host is called. */
const anyHost = 0xffff;

/**
 * The cookies of an .Xauthority file for clients on a host of another name, which is what a container is: each counts for any
 * host. The rest stays as it is. What stands behind a record that is cut off is left out.
 */
export function cookiesForAnyHost(file: Buffer): Buffer {
  const records: Buffer[] = [];
  let at = 0;
  while (at + 2 <= file.length) {
    let end = at + 2;
    // Four fields with their lengths before them: address, number of the display, name of the method, the cookie.
    for (let field = 0; field < 4 && end !== -1; field += 1) {
      const length = end + 2 <= file.length ? file.readUInt16BE(end) : 0;
      end = end + 2 + length > file.length || end + 2 > file.length ? -1 : end + 2 + length;
    }
    if (end === -1) break;
    const record = Buffer.from(file.subarray(at, end));
    record.writeUInt16BE(anyHost, 0);
    records.push(record);
    at = end;
  }
  return Buffer.concat(records);
}
