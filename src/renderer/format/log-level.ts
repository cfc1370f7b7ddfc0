export type LogLevel = "error" | "warning" | "plain";

const errorWords =
  /\b(?:error|fatal|panic|critical|exception|traceback|segfault)\b|(?:^|[\s[])(?:ERR|CRIT|EMERG)(?:$|[\s\]:])/i;
const warningWords = /\b(?:warn|warning|deprecated)\b|(?:^|[\s[])WRN(?:$|[\s\]:])/i;

/** Counts of nothing and error fields that are empty: `0 errors`, `err=nil`, `"error":null`. */
const harmless =
  /\b(?:0|no) (?:errors?|warnings?)\b|\b(?:error|err)["']?\s*[=:]\s*(?:null|nil|none|0|"")(?=$|[\s,}])/gi;

/** The level that a line says it has, from the words that programs use. "0 errors" and "error=null" are none. */
export function logLevel(text: string): LogLevel {
  const spoken = text.replace(harmless, "");
  if (errorWords.test(spoken)) return "error";
  return warningWords.test(spoken) ? "warning" : "plain";
}
