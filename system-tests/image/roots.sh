# shellcheck shell=bash
# Root file systems of stages, and processes inside them. The base image (Debian or Ubuntu with a JDK in
# /opt/java/openjdk) is replaced by read-only mounts of this machine's folders; all else is in the stage's folder.

# new_root FOLDER: creates a root file system with only users and the files that the C library needs.
new_root() {
  local part
  mkdir -p "$1"/{usr,proc,dev,tmp,root,etc,opt/java/openjdk}
  chmod 1777 "$1/tmp"
  for part in bin sbin lib lib64; do
    if [[ -L /$part ]]; then cp -a "/$part" "$1/$part"; else mkdir "$1/$part"; fi
  done
  for part in ld.so.cache nsswitch.conf hosts resolv.conf login.defs; do
    if [[ -e /etc/$part ]]; then cp -L "/etc/$part" "$1/etc/$part"; fi
  done
  printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n' >"$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
  printf 'root:*:20000:0:99999:7:::\n' >"$1/etc/shadow"
}

# in_root ROOT WRITABLE USER FOLDER VOLUMES ENVIRONMENT COMMAND...: executes the command in a new mount namespace, with only
# this environment. WRITABLE is yes or no; with no, only /tmp is writable. VOLUMES and ENVIRONMENT are names of arrays:
# of SOURCE:TARGET, and of NAME=VALUE.
in_root() {
  local root=$1 writable=$2 user=$3 folder=$4
  local -n their_volumes=$5 their_variables=$6
  shift 6
  # shellcheck disable=SC2016 # expanded inside
  exec unshare --mount --propagation private bash -euc '
    root=$1 writable=$2 user=$3 folder=$4 jdk=$5 volumes=$6
    shift 6
    mount --bind "$root" "$root"
    show() { mount --rbind "$1" "$root/$2" && mount -o "remount,bind,$3" "$root/$2"; }
    for part in usr bin sbin lib lib64; do
      if [[ ! -L $root/$part && -d /$part ]]; then show "/$part" "$part" ro; fi
    done
    show "$jdk" opt/java/openjdk ro
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    for ((; volumes > 0; volumes--)); do
      source=${1%%:*} target=$root${1#*:}
      if [[ -d $source ]]; then mkdir -p "$target"; else mkdir -p "${target%/*}" && touch "$target"; fi
      mount --bind "$source" "$target"
      if [[ $writable == no ]]; then mount -o remount,bind,ro "$target"; fi
      shift
    done
    if [[ $writable == no ]]; then
      mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$root/tmp"
      mount -o remount,bind,ro "$root"
    fi
    exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" \
      /usr/bin/env -i "$@"
  ' in_root "$root" "$writable" "$user" "$folder" "$JAVA_HOME" "${#their_volumes[@]}" "${their_volumes[@]}" \
    "${their_variables[@]}" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
}
