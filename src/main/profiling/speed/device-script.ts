/** Where the benchmark may lie for its time on a device, best first. Memory of the device comes last: it is small there. */
const places = `
places() { printf '%s\\n' "\${TMPDIR:-/tmp}" /var/tmp "\${HOME:-/nonexistent}" /mnt/data /dev/shm; }`;

/**
 * What runs on a device to measure its speed: POSIX sh with the tools that busybox has, too. Arguments: the program's size
 * in bytes, the name of its folder, then a benchmark each as `NAME=ARGUMENTS`. The program comes in on standard input; its
 * end, which is also that of a connection that breaks, ends everything. The folder is removed on every way out.
 *
 * Lines out: \`@nowhere full=… noexec=…\` (exit code 3), \`@place FOLDER\`, \`@short\` (not all of it could be written, 4), and for each
 * benchmark \`@begin NAME\`, what it printed, \`@end NAME CODE\`.
 */
export const speedScript = `set -f
size=$1 name=$2
shift 2
dir= full= noexec= bench= watch=
${places}
try() {
  [ -d "$1" ] && [ -w "$1" ] || return 1
  free=$(df -Pk "$1" 2>/dev/null | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })
  case $free in
  '' | *[!0-9]*) ;;
  *) if [ "$free" -lt $((size / 1024 + 1024)) ]; then full="$full $1"; return 1; fi ;;
  esac
  mkdir -m 700 "$1/$name" 2>/dev/null || return 1
  dir=$1/$name
  if printf '#!/bin/sh\\nexit 0\\n' >"$dir/try" 2>/dev/null && chmod 700 "$dir/try" && "$dir/try" 2>/dev/null; then return 0; fi
  noexec="$noexec $1"
  rm -rf "$dir"
  dir=
  return 1
}
leave() {
  [ -z "$watch" ] || kill "$watch" 2>/dev/null
  [ -z "$bench" ] || kill -9 "$bench" 2>/dev/null
  [ -z "$dir" ] || rm -rf "$dir"
}
trap leave EXIT
trap 'exit 130' HUP INT TERM PIPE
while IFS= read -r place; do
  try "$place" && break
done <<END
$(places)
END
if [ -z "$dir" ]; then echo "@nowhere full=$full noexec=$noexec"; exit 3; fi
echo "@place $dir"
exec 3<&0
head -c "$size" <&3 >"$dir/7zz" 2>/dev/null
if [ "$(wc -c <"$dir/7zz")" -ne "$size" ]; then echo @short; exit 4; fi
chmod 700 "$dir/7zz" || exit 4
{ while read -r _ <&3; do :; done; kill -TERM $$; } >/dev/null 2>&1 &
watch=$!
for one; do
  echo "@begin \${one%%=*}"
  "$dir/7zz" \${one#*=} </dev/null 3<&- 2>&1 &
  bench=$!
  wait "$bench"
  code=$?
  bench=
  echo "@end \${one%%=*} $code"
done
exit 0`;

/** Removes what a measurement has left behind that could not do so itself. Argument: the name of its folder. */
export const speedCleanScript = `${places}
places | while IFS= read -r place; do rm -rf "$place/$1"; done
exit 0`;
