import type { TextNode } from "../../compose/node.ts";
import { parseByteSize } from "../../compose/project/byte-size.ts";
import { type Fields, fail } from "../fields.ts";

/** Kanto's sizes (containerm/util/bytes_size_conversion.go): plain bytes and the suffix B, which its documentation lists, are refused. */
const sizePattern = /^(\d+(\.\d+)*) ?([kKmMgG])$/;

/** A size in bytes with its node; null when there is none. One that Kanto refuses is an error. */
export function readSize(fields: Fields, key: string): { bytes: number; node: TextNode } | null {
  const node = fields.text(key);
  if (node === null) return null;
  const bytes = sizePattern.test(node.value) ? parseByteSize(node.value) : null;
  if (bytes !== null) return { bytes: Number(bytes), node };
  const hint = "Write a number with k, m or g: 256m. Plain bytes and a B at the end are refused.";
  fail(fields.findings, "bad-size", node, `Kanto takes no size like "${node.value.slice(0, 40)}".`, hint);
  return null;
}
