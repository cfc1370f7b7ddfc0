/**
 * Prints the last lines of a json-file log and what is added to it. The driver renames a full file to `json.log.1` and
 * begins a new one, which `tail -f` does not notice and POSIX has no option for: so whenever the client sends a line the
 * script looks whether the name still means the file that it reads, and goes on with the new one. `-ef` and `/proc/self/fd`
 * are what dash, busybox and bash have on Linux. It ends with its input, and takes its `tail` with it.
 *
 * Arguments: the file, how many lines to begin with, `follow` or `once`.
 */
export const logScript = `
f=$1; n=$2; how=$3
if [ ! -e "$f" ]; then d=\${f%/*}; if [ -d "$d" ] && [ ! -x "$d" ]; then echo "permission denied: $d" >&2; exit 77; fi; fi
if [ -e "$f" ] && [ ! -r "$f" ]; then echo "permission denied: $f" >&2; exit 77; fi
if [ "$how" = once ]; then [ -e "$f" ] || exit 0; exec tail -n "$n" "$f" </dev/null; fi
t=
open() { exec 3<"$f"; tail -n "$1" -f "$f" </dev/null 3<&- & t=$!; }
trap '[ -z "$t" ] || kill "$t" 2>/dev/null' EXIT
trap 'exit 0' HUP INT TERM
[ -e "$f" ] && open "$n"
while read -r word; do
  [ "$word" = end ] && break
  [ -e "$f" ] || continue
  if [ -z "$t" ]; then open +1
  elif ! [ "$f" -ef /proc/self/fd/3 ]; then
    read -r word || break
    kill "$t"; wait "$t" 2>/dev/null
    open +1
  fi
done
`;
