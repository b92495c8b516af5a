#!/usr/bin/env bash
# visible.sh PATH... -- COMMAND...: run COMMAND where every user may reach PATHs.
# A folder on the way that is closed to others (an administrator's home, where a Python may live) is covered by an
# open one that holds the PATHs only. That is in a mount namespace of COMMAND's own: nothing changes for anybody else.
set -eu
shopt -s nullglob dotglob

if [ "${1:-}" != --inside ]; then
  exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift

is_open() { case $(stat -c %A "$1") in *[xt]) ;; *) return 1 ;; esac; }

closed_above() { # PATH: the topmost folder above it that others may not pass
  local folder="" part parts
  IFS=/ read -ra parts <<< "${1#/}"
  for part in "${parts[@]::${#parts[@]}-1}"; do
    folder+="/$part"
    is_open "$folder" || { echo "$folder"; return; }
  done
}

paths=() covers=()
while [ "$1" != -- ]; do
  path=$(readlink -f "$1")
  if is_open "$path"; then wanted=("$path"); else wanted=("$path"/*); fi
  for each in "${wanted[@]}"; do
    cover=$(closed_above "$each")
    [ -z "$cover" ] || { paths+=("$each"); covers+=("$cover"); }
  done
  shift
done
shift

bind() { # FROM TO
  if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "$(dirname "$2")" && touch "$2"; fi
  mount --bind "$1" "$2"
}

stage=$(mktemp -d)
for number in "${!paths[@]}"; do bind "${paths[$number]}" "$stage/$number"; done
for cover in $(printf '%s\n' "${covers[@]}" | sort -u); do mount -t tmpfs -o mode=755 none "$cover"; done
for number in "${!paths[@]}"; do
  bind "$stage/$number" "${paths[$number]}"
  umount "$stage/$number"
done
rm -d "$stage"/* "$stage"
exec "$@"
