/** What runs on the device: POSIX sh with the tools that busybox has, too. Every name comes in as an argument or on standard input. */

/** Where files of stacks are kept: the first place that has them, else the first that this user may write in (a balena host has /mnt/data). */
const pick = `
bases() { printf '%s\\n' "\${XDG_DATA_HOME:-$HOME/.local/share}" /var/lib /mnt/data; }
pick() {
  bases | while IFS= read -r base; do
    if [ -d "$base/bayplan/stacks/$1" ]; then echo "$base/bayplan/stacks/$1"; exit; fi
  done
}
pick_new() {
  bases | while IFS= read -r base; do
    near=$base/bayplan/stacks
    while [ ! -e "$near" ]; do near=$(dirname "$near"); done
    if [ -d "$near" ] && [ -w "$near" ]; then echo "$base/bayplan/stacks/$1"; exit; fi
  done
}`;

/**
 * Arguments: the project, then paths of the device. Prints `there=` (the folder, when it is), `new=` (where it would be), `free=` (KiB),
 * `gone=` (the number of each path that is not there), and, after a line `sent`, what was sent before.
 */
export const lookScript = `${pick}
there=$(pick "$1")
new=$(pick_new "$1")
echo "there=$there"
echo "new=$new"
near=\${there:-$new}
while [ -n "$near" ] && [ ! -e "$near" ]; do near=$(dirname "$near"); done
if [ -n "$near" ]; then df -Pk "$near" | tail -n 1 | { read -r _ _ _ free _; echo "free=$free"; }; fi
command -v sha256sum >/dev/null || echo "lacks=sha256sum"
command -v tar >/dev/null || echo "lacks=tar"
shift
at=0
for path; do
  [ -e "$path" ] || [ -L "$path" ] || echo "gone=$at"
  at=$((at + 1))
done
echo sent
if [ -n "$there" ]; then cat "$there/sent.json" 2>/dev/null; fi
exit 0`;

/** Arguments: the folder. Paths with a NUL behind each come in, lines of sha256sum go out; one that is not there has none. */
export const hashScript = `cd "$1/files" 2>/dev/null || exit 0
xargs -0 sha256sum -- 2>/dev/null
exit 0`;

/**
 * Arguments: the folder. A tar comes in: \`files/…\`, \`remove\` (paths with a NUL behind each), \`sent.json\`, and last \`complete\`, without which
 * nothing is touched. What is replaced stands in \`before\` until \`settle\` or \`revert\`. A folder that has become a link is refused: it would
 * lead anywhere. Exit codes: 3 the folder cannot be made, 5 it cannot be unpacked, 6 it broke off, 7 it cannot be put in place.
 */
export const sendScript = `
mkdir -p "$1" || exit 3
dir=$(cd "$1" && pwd -P) || exit 3
chmod 700 "$dir"
rm -rf "$dir"/incoming.* "$dir/before" "$dir/before.json" "$dir/added"
in=$dir/incoming.$$
trap 'cd /; rm -rf "$in"; rmdir "$dir" 2>/dev/null' EXIT
trap 'exit 6' HUP INT TERM PIPE
mkdir "$in" || exit 3
tar -x -p -f - -C "$in" || exit 5
[ -f "$in/complete" ] || exit 6
export to="$dir/files" before="$dir/before" added="$dir/added"
mkdir -p "$to" "$before" || exit 7
touch "$added" || exit 7
[ ! -f "$dir/sent.json" ] || ln "$dir/sent.json" "$dir/before.json" || exit 7
if [ -s "$in/remove" ]; then
  cd "$to" && xargs -0 sh -c '
    for f; do
      [ -f "$f" ] || [ -L "$f" ] || continue
      case $(cd "$(dirname -- "$f")" && pwd -P) in
        "$to" | "$to"/*) mkdir -p "$before/$(dirname -- "$f")" && mv -f -- "$f" "$before/$f" || exit 1 ;;
      esac
    done' sh <"$in/remove" || exit 7
fi
if [ -d "$in/files" ]; then
  cd "$in/files" || exit 7
  find . -type d -exec sh -c '
    for f; do
      [ ! -L "$to/$f" ] || { echo "$f has become a link there" >&2; exit 1; }
      mkdir -p "$to/$f" && chmod "$(stat -c %a "$f")" "$to/$f" || exit 1
    done' sh {} + || exit 7
  find . ! -type d -exec sh -c '
    for f; do
      if [ -d "$to/$f" ] && [ ! -L "$to/$f" ]; then rmdir "$to/$f" || exit 1; fi
      mkdir -p "$before/$(dirname "$f")" || exit 1
      if [ -L "$to/$f" ]; then mv "$to/$f" "$before/$f" || exit 1
      elif [ -e "$to/$f" ]; then ln -f "$to/$f" "$before/$f" || exit 1
      else printf "%s\\\\0" "$f" >>"$added"
      fi
      mv -f "$f" "$to/$f" || exit 1
    done' sh {} + || exit 7
fi
mv -f "$in/sent.json" "$dir/sent.json" || exit 7
exit 0`;

/** Arguments: the folder. What was replaced is not needed any more. */
export const settleScript = `rm -rf "$1/before" "$1/before.json" "$1/added"`;

/** Arguments: the folder. The files as they were before the last sending, each the very file that containers have open. */
export const revertScript = `dir=$(cd "$1" && pwd -P) || exit 0
[ -d "$dir/before" ] || exit 0
export to="$dir/files"
cd "$to" && xargs -0 rm -f -- <"$dir/added"
cd "$dir/before" && find . ! -type d -exec sh -c '
  for f; do mkdir -p "$to/$(dirname "$f")" && mv -f "$f" "$to/$f" || exit 1; done' sh {} + || exit 7
if [ -f "$dir/before.json" ]; then mv -f "$dir/before.json" "$dir/sent.json"; else rm -f "$dir/sent.json"; fi
rm -rf "$dir/before" "$dir/added"`;

/** Arguments: the folder. Every file in it, with a NUL behind each. */
export const listScript = `cd "$1/files" 2>/dev/null || exit 0
find . ! -type d -exec printf '%s\\0' {} + | head -c 4000000`;

/** Arguments: the folder. Paths that may go come in, with a NUL behind each; empty folders go with them. */
export const removeSentScript = `cd "$1/files" || exit 0
to=$(pwd -P)
export to
xargs -0 sh -c '
  for f; do
    case $(cd "$(dirname -- "$f")" 2>/dev/null && pwd -P) in "$to" | "$to"/*) rm -f -- "$f" ;; esac
  done' sh
cd / && find "$to" -depth -type d -exec rmdir {} + 2>/dev/null
rm -rf "$1/sent.json" "$1/before" "$1/before.json" "$1/added" "$1"/incoming.*
stacks=$(dirname "$1")
rmdir "$1" "$stacks" "$(dirname "$stacks")" 2>/dev/null
exit 0`;

/** Arguments: the folder. What containers have written as root goes with root's rights, where this user may have them. */
export const removeAllScript = `rm -rf "$1" 2>/dev/null
[ ! -e "$1" ] || sudo -n rm -rf "$1" 2>/dev/null
[ ! -e "$1" ] || exit 8
stacks=$(dirname "$1")
rmdir "$stacks" "$(dirname "$stacks")" 2>/dev/null
exit 0`;
