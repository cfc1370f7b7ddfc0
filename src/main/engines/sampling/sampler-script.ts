/**
 * Sets `version`, `root` (where containers are looked for), and `mem`, `acct`, `cpu` or `unified`, from /proc/mounts. Builtins only.
 */
export const findControllers = `mem= acct= cpu= unified= found= want=
while read -r device dir type options rest; do
  case $type in
  cgroup)
    case ,$options, in *,memory,*) mem=\${mem:-$dir} ;; esac
    case ,$options, in *,cpuacct,*) acct=\${acct:-$dir} ;; esac
    case ,$options, in *,cpu,*) cpu=\${cpu:-$dir} ;; esac ;;
  cgroup2) unified=\${unified:-$dir} ;;
  esac
done </proc/mounts
if [ -n "$mem$acct" ]; then version=1 root=\${mem:-$acct}; else version=2 root=$unified; fi
`;

/** `walk FOLDER` puts an entry `ID=PREFIX=PATH` into `found` for every container of `want` below it. Builtins only. */
export const findContainers = `# The key that memory.stat (v1) has for "with all children": a leaf is spared the second half of the file.
prefix_of() {
  for child in "$1"/*/; do
    if [ -d "$child" ]; then prefix=total_; else prefix=; fi
    return
  done
}

# Container cgroups lie at different depths under different names (docker/ID, docker-ID.scope, libpod-ID.scope).
walk() {
  for d in "$1"/*/; do
    [ -d "$d" ] || continue
    d=\${d%/}
    n=\${d##*/} n=\${n%.scope} n=\${n##*-}
    case $n in
    *[!0-9a-f]*) walk "$d" ;;
    *)
      if [ \${#n} -ne 64 ]; then walk "$d"; continue; fi
      case " $want " in
      *" $n "*) prefix_of "$d"; found="$found $n=$prefix=\${d#"$root"}" ;;
      esac ;;
    esac
  done
}
`;

/**
 * What runs on the device: a POSIX shell loop (dash, busybox, bash) that answers every line it is sent with one
 * reading. It starts no program and no second shell after its own start: only the builtin `read`, since a fork costs
 * a small board more than all the reading. Whoever sends the lines sets the pace, and the end of the channel ends it.
 *
 * A line is a tick's number, and behind it, when they have changed, the ids of the containers to read (`-` for none).
 * Limits seldom change, and a shell reads a file one byte at a time: so they are read with a new list and then in every
 * tenth reading, and repeated in between.
 *
 * The first line out is `h VERSION CPUS`; a reading is
 *
 *     t NUMBER UPTIME
 *     m MEMTOTAL MEMAVAILABLE          (kB, /proc/meminfo)
 *     c JIFFIES…                       (the first line of /proc/stat)
 *     k ID FILE=VALUE… KEY=VALUE…      (a container; `-` stands for what cannot be read)
 *
 * Where the kernel counts no memory for cgroups (Raspberry Pi OS starts it so) the container's processes are asked, and
 * the keys are `pss_anon`, `pss_file`, `pss_shmem`, and `rss` for processes that this user may not ask (kB).
 *
 *     e NUMBER
 */
export const samplerScript = `
exec 2>/dev/null
LC_ALL=C
nl='
'
proc=/proc
${findControllers}# Kilobytes; a board may have larger pages than 4.
page=4
while read -r key value rest; do
  case $key in KernelPageSize:) page=$value; break ;; esac
done </proc/self/smaps

cpus=0
while read -r key rest; do
  case $key in
  cpu) ;;
  cpu*) cpus=$((cpus + 1)) ;;
  *) break ;;
  esac
done </proc/stat

${findContainers}# What the processes of a cgroup say of their memory, where the cgroup itself does not. PSS shares out what several use.
of_processes() {
  while read -r pid; do
    sum=
    while read -r key value rest; do
      case $key in
      Pss:) sum=$value ;;
      Pss_Anon:) anon=$((anon + value)) sum=0 ;;
      Pss_File:) file=$((file + value)) ;;
      Pss_Shmem:) shmem=$((shmem + value)) ;;
      Shared_Clean:) break ;;
      esac
    done <"$proc/$pid/smaps_rollup"
    if [ -n "$sum" ]; then
      anon=$((anon + sum))
    elif read -r value resident rest <"$proc/$pid/statm"; then
      rss=$((rss + resident * page))
    fi
  done <"$1/cgroup.procs"
  [ -n "$prefix" ] || return
  set +f
  for child in "$1"/*/; do
    [ -d "$child" ] && of_processes "\${child%/}"
  done
  set -f
}

from_processes() {
  [ -r "$1/cgroup.procs" ] || return
  anon=0 file=0 shmem=0 rss=0
  of_processes "$1"
  line="$line pss_anon=$anon pss_file=$file pss_shmem=$shmem rss=$rss"
}

read_v1() {
  usage=- kernel=- cache=- rss=- shmem=-
  read -r usage <"$acct$rel/cpuacct.usage" || usage=-
  if [ -n "$all" ]; then
    quota=- period=- limit=-
    read -r quota <"$cpu$rel/cpu.cfs_quota_us" || quota=-
    read -r period <"$cpu$rel/cpu.cfs_period_us" || period=-
    read -r limit <"$mem$rel/memory.limit_in_bytes" || limit=-
    limits="cpu.cfs_quota_us=$quota cpu.cfs_period_us=$period memory.limit_in_bytes=$limit"
    eval "limits_$id=\\$limits"
  else
    eval "limits=\\$limits_$id"
  fi
  read -r kernel <"$mem$rel/memory.kmem.usage_in_bytes" || kernel=-
  while read -r key value; do
    case $key in
    "$prefix"cache) cache=$value ;;
    "$prefix"rss) rss=$value ;;
    "$prefix"shmem) shmem=$value; break ;;
    esac
  done <"$mem$rel/memory.stat"
  line="cpuacct.usage=$usage $limits memory.kmem.usage_in_bytes=$kernel total_cache=$cache total_rss=$rss total_shmem=$shmem"
  if [ "$rss" = - ]; then from_processes "\${mem:-$acct}$rel"; fi
}

read_v2() {
  usage=- rss=-
  read -r key usage <"$unified$rel/cpu.stat" || usage=-
  if [ -n "$all" ]; then
    quota=- period=- limit=-
    read -r quota period <"$unified$rel/cpu.max" || { quota=-; period=-; }
    read -r limit <"$unified$rel/memory.max" || limit=-
    limits="cpu.max=$quota/$period memory.max=$limit"
    eval "limits_$id=\\$limits"
  else
    eval "limits=\\$limits_$id"
  fi
  line="usage_usec=$usage $limits"
  while read -r key value; do
    case $key in
    anon | file | kernel | kernel_stack | pagetables | sec_pagetables | percpu | sock | vmalloc | shmem | slab_reclaimable)
      line="$line $key=$value" rss= ;;
    slab_unreclaimable) line="$line $key=$value"; break ;;
    esac
  done <"$unified$rel/memory.stat"
  if [ "$rss" = - ]; then from_processes "$unified$rel"; fi
}

printf 'h %s %s\\n' "$version" "$cpus"
set -f
turn=0
while read -r number ids; do
  turn=$((turn + 1)) all=
  if [ -n "$ids" ] || [ $turn -ge 10 ]; then turn=0 all=1; fi
  if [ -n "$ids" ]; then
    want=$ids found=
    if [ "$want" != - ] && [ -n "$root" ]; then set +f; walk "$root"; set -f; fi
  fi
  total=- available=- uptime=- jiffies=-
  read -r uptime rest </proc/uptime
  while read -r key value rest; do
    case $key in
    MemTotal:) total=$value ;;
    MemAvailable:) available=$value; break ;;
    esac
  done </proc/meminfo
  read -r key jiffies </proc/stat
  out="t $number $uptime\${nl}m $total $available\${nl}c $jiffies" part= held=0
  for entry in $found; do
    id=\${entry%%=*} rel=\${entry#*=}
    prefix=\${rel%%=*} rel=\${rel#*=}
    read_v$version
    part="$part\${nl}k $id $line" held=$((held + 1))
    # A shell copies a string whenever it grows: so the long one grows seldom.
    if [ $held -ge 8 ]; then out="$out$part" part= held=0; fi
  done
  printf '%s%s\\ne %s\\n' "$out" "$part" "$number"
done
`;
