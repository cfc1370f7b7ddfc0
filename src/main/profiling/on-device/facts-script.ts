import { findContainers, findControllers } from "../../engines/index.ts";

/**
 * Once a second of a measured run: what of its containers is no level and no CPU time. A POSIX shell loop of builtins alone, as the
 * sampler's. A line is a tick's number and the ids of the containers; the answer is
 *
 *     k ID PEAK THROTTLED OOM SWAP     (bytes; ns on cgroup v1, µs on v2; kills; bytes; `-` for what this kernel does not say)
 *     x ID TID NS NAME                 (a thread of it: its time on a CPU, /proc/PID/task/TID/schedstat)
 *     e NUMBER
 *
 * and the first line out is `h VERSION`.
 */
export const factsScript = `
exec 2>/dev/null
LC_ALL=C
nl='
'
${findControllers}${findContainers}
value_of() {
  value=-
  while read -r key rest; do
    case $key in "$2") value=$rest; break ;; esac
  done <"$1"
}
threads_of() {
  while read -r pid; do
    set +f
    for task in /proc/"$pid"/task/*; do
      ns=- name=-
      read -r ns rest <"$task/schedstat" || continue
      read -r name <"$task/comm" || continue
      out="$out\${nl}x $id \${task##*/} $ns $name"
    done
    set -f
  done <"$1/cgroup.procs"
}
printf 'h %s\\n' "$version"
set -f
while read -r number ids; do
  want=$ids found= out=
  if [ -n "$root" ]; then set +f; walk "$root"; set -f; fi
  for entry in $found; do
    id=\${entry%%=*} rel=\${entry#*=}
    rel=\${rel#*=}
    peak=- throttled=- oom=- swap=-
    if [ "$version" = 1 ]; then
      read -r peak <"$mem$rel/memory.max_usage_in_bytes" || peak=-
      value_of "$cpu$rel/cpu.stat" throttled_time; throttled=$value
      value_of "$mem$rel/memory.oom_control" oom_kill; oom=$value
    else
      read -r peak <"$unified$rel/memory.peak" || peak=-
      value_of "$unified$rel/cpu.stat" throttled_usec; throttled=$value
      value_of "$unified$rel/memory.events" oom_kill; oom=$value
      read -r swap <"$unified$rel/memory.swap.current" || swap=-
    fi
    out="$out\${nl}k $id $peak $throttled $oom $swap"
    threads_of "$root$rel"
  done
  printf '%s\\ne %s\\n' "\${out#"$nl"}" "$number"
done
`;
