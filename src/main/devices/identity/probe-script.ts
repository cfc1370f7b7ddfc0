/**
 * The identity probe: one POSIX sh script for dash, busybox and bash, one round trip. Each line is `word value`; the last
 * one is `end`, so that a cut answer is not taken for a whole one. It only reads, and it starts as few programs as it
 * can: a process costs a small board more than the reading does.
 */
export const probeScript = `
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
say() { printf '%s %s\\n' "$1" "$2"; }
line() { v=; [ -r "$2" ] || return 0; IFS= read -r v 2>/dev/null <"$2"; [ -z "$v" ] || say "$1" "$v"; }
text() { [ -r "$2" ] && say "$1" "$(tr -d '\\000\\n' <"$2" 2>/dev/null)"; }
say probe 1
line host /proc/sys/kernel/hostname
for tree in /proc/device-tree /sys/firmware/devicetree/base; do
  [ -d "$tree" ] || continue
  text dt-model "$tree/model"
  [ -r "$tree/compatible" ] && tr '\\000' '\\n' <"$tree/compatible" 2>/dev/null | while IFS= read -r v; do say dt-compatible "$v"; done
  text dt-serial "$tree/serial-number"
  break
done
line soc-serial /sys/devices/soc0/serial_number
for field in sys_vendor product_name board_name board_serial product_serial; do line "dmi-$field" "/sys/class/dmi/id/$field"; done
line machine-id /etc/machine-id
line machine-id /var/lib/dbus/machine-id
line boot-id /proc/sys/kernel/random/boot_id
for file in /etc/os-release /usr/lib/os-release; do
  [ -r "$file" ] || continue
  while IFS= read -r v; do case $v in ID=*|PRETTY_NAME=*|VARIANT=*|VARIANT_ID=*) say os "$v";; esac; done <"$file"
  break
done
line image /etc/revpi/image-release
say kernel "$(uname -r)"
say arch "$(uname -m)"
line cpus-online /sys/devices/system/cpu/online
while IFS= read -r v; do case $v in Serial*) say cpuinfo-serial "$v";; processor*) say processor "$v";; esac; done </proc/cpuinfo
while IFS= read -r v; do case $v in MemTotal:*|SwapTotal:*) say meminfo "$v";; esac; done </proc/meminfo
line uptime /proc/uptime
for net in /sys/class/net/*; do
  case \${net##*/} in lo|docker*|veth*|br-*|virbr*|tun*|tap*|wg*|tailscale*|zt*|dummy*|ifb*|podman*|cni*) continue;; esac
  kind=; mac=; how=
  read -r kind 2>/dev/null <"$net/type"; read -r mac 2>/dev/null <"$net/address"; read -r how 2>/dev/null <"$net/addr_assign_type"
  [ "$kind" = 1 ] && [ "$how" != 1 ] && [ -n "$mac" ] && say mac "$mac"
done
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  say cgroup 2; line cgroup-controllers /sys/fs/cgroup/cgroup.controllers
elif [ -r /proc/cgroups ]; then
  say cgroup 1
  while IFS= read -r v; do case $v in memory*) say cgroup-memory "$v";; esac; done </proc/cgroups
fi
for zone in /sys/class/thermal/thermal_zone*; do
  kind=; heat=
  [ -r "$zone/temp" ] || continue
  read -r kind 2>/dev/null <"$zone/type"; read -r heat 2>/dev/null <"$zone/temp"
  say heat "$heat $kind"
done
uid=$(id -u)
for at in docker:/var/run/docker.sock balena-engine:/var/run/balena-engine.sock balena-engine:/var/run/balena.sock podman:/run/podman/podman.sock docker:/run/user/$uid/docker.sock podman:/run/user/$uid/podman/podman.sock; do
  path=\${at#*:}
  # What is in a folder that is closed to this user may be an engine: podman's is, for all but root.
  dir=\${path%/*}
  [ -d "$dir" ] && [ ! -x "$dir" ] && say socket "\${at%%:*} no $path"
  [ -S "$path" ] || continue
  open=no; [ -r "$path" ] && [ -w "$path" ] && open=yes
  say socket "\${at%%:*} $open $path"
done
path=/run/container-management/container-management.sock
if [ -S "$path" ] || command -v kanto-cm >/dev/null 2>&1; then
  open=no; [ -r "$path" ] && [ -w "$path" ] && open=yes
  say socket "kanto $open $path"
fi
for root in /var/lib/docker /var/lib/balena-engine /mnt/data /var/lib/containers /; do [ -d "$root" ] && break; done
df -Pk "$root" 2>/dev/null | { read -r _; while read -r _ total _ free _; do say disk "$total $free"; done; }
say end 1
`;
