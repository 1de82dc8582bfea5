#!/bin/bash
# image.sh - make what the lab boots: a Debian kernel and an initial file system.
#
#   image.sh host                        install QEMU, unless it is there
#   image.sh host PROGRAM PACKAGE...     install the packages, unless the program is there
#   image.sh packages KERNEL DEBS        print the image's Debian packages, NAME=VERSION a line, the kernel's first,
#                                        with "testing" behind it if it is Debian's testing that has it, whose lists
#                                        are kept in DEBS
#   image.sh build PACKAGES DEBS FOLDER  fetch the packages that the file PACKAGES names into DEBS,
#                                        write vmlinux and base.cpio into FOLDER
#   image.sh unpack PACKAGE ALSO DEBS FOLDER
#                                        fetch PACKAGE, and what it depends on if its name matches ALSO (grep -E),
#                                        into DEBS, and unpack them into FOLDER
#   image.sh root FILE                   make FILE, a tar archive of the least Debian that has systemd
#
# The guest's programs come out of Debian packages too, not from the host, so
# an image depends on the versions of its packages alone, and of what is in it
# nothing is ever installed on the host.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

# What configures apt as the host does, and not otherwise.
hosts=/dev/null

# Those of the guest, and kmod, lz4, xz and zstd to make its file system with.
tool_packages=(busybox-static dash iproute2 ipvsadm keepalived nftables iptables tcpdump kmod lz4 xz-utils zstd)

wanted_programs=(busybox dash ip bridge tc ss ipvsadm keepalived nft xtables-nft-multi xtables-legacy-multi tcpdump)

# What the lab's networks need beside IPVS itself; a kernel may lack some, as
# 6.1 lacks the scheduler twos.
wanted_modules=(
  virtio_pci virtio_net virtio_console
  veth dummy bridge tun ipip sit ip6_tunnel ip_gre fou sctp tcp_bbr inet_diag tcp_diag udp_diag
  nf_conntrack_netlink nf_tables nft_compat nft_ct nft_masq nft_nat nft_chain_nat nft_redir nft_fib_inet
  ip_tables ip6_tables iptable_mangle iptable_nat iptable_filter ip6table_mangle ip6table_nat ip6table_filter
  xt_mark xt_ipvs xt_MASQUERADE xt_REDIRECT xt_conntrack xt_nat xt_tcpudp xt_multiport xt_addrtype xt_comment
  xt_statistic sch_netem sch_fq sch_tbf
  ip_vs ip_vs_ftp ip_vs_pe_sip
  ip_vs_{rr,wrr,lc,wlc,fo,ovf,lblc,lblcr,dh,sh,mh,sed,nq,twos}
)

say() { echo "lab: $*" >&2; }

die() {
  say "$*"
  exit 1
}

# as_root COMMAND...: run it as root, or say what to type.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    die "root is needed; type: sudo $*"
  fi
}

# host installs what is used on the host itself: for the lab that is QEMU
# alone, whose packages bring no service.
host() {
  [ $# -gt 0 ] || set -- qemu-system-x86_64 qemu-system-x86
  command -v "$1" >/dev/null && return
  shift
  command -v apt-get >/dev/null || die "install $*: this host has no apt-get to do it with"
  say "installing $*"
  install_packages "$@" 2>/dev/null || {
    as_root apt-get update >/dev/null
    install_packages "$@"
  }
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -qq -y --no-install-recommends "$@" >/dev/null </dev/null
}

# packages names what a system with nothing installed would install.
packages() {
  local kernel=$1 testing
  command -v apt-get >/dev/null || die "this host has no apt-get: an image is made of Debian packages"
  testing=$(testing "$2")
  resolve "$kernel" "$testing" || {
    say "no kernel $kernel in apt's lists, or no tools: updating them"
    (as_root apt-get update >/dev/null) # testing is asked without root
    resolve "$kernel" "$testing"
  } || {
    apt-get -c "$testing" update >/dev/null
    resolve "$kernel" "$testing"
  } || die "no package of Debian's cloud kernel $kernel, or of ${tool_packages[*]}, in this host's apt sources or in Debian's testing"
}

resolve() {
  local image
  image=$(kernel_packages "$hosts" "$1" || kernel_packages "$2" "$1" | sed 's/$/ testing/') || return 1
  echo "$image"
  closure "$hosts" "${tool_packages[@]}"
}

# testing DEBS: what configures apt to ask Debian's testing instead of the
# host's sources; its lists are kept in DEBS.
testing() {
  local folder=$1/testing keys=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$folder/lists/partial"
  echo "deb [arch=amd64 lang=none target=Packages signed-by=$keys] http://deb.debian.org/debian testing main" >"$folder/sources.list"
  cat >"$folder/apt.conf" <<EOF
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder";
APT::Sandbox::User "root";
EOF
  echo "$folder/apt.conf"
}

# kernel_packages APT KERNEL: those of the newest image of that series. They
# have the full version in their names and leave the archive with the next one,
# so the way to them is a meta package; which one depends on the Debian release.
kernel_packages() {
  local meta
  for meta in "linux-image-$2-cloud-amd64" linux-image-cloud-amd64; do
    closure "$1" "$meta" | grep -E "^linux-[a-z]+-${2//./[.]}[.]" && return
  done
  return 1
}

# closure APT PACKAGE...: these packages and all that they depend on.
closure() {
  apt-get -c "$1" -qq --simulate -o Dir::State::status=/dev/null -o APT::Install-Recommends=false \
    install "${@:2}" 2>/dev/null | awk '$1 == "Inst" {print $2 "=" substr($3, 2)}'
}

build() {
  local list=$1 debs=$2 folder=$3 work
  work=$(mktemp -d "$folder/work.XXXXXX")
  fetch "$list" "$debs" "$work"
  write_kernel "$work/kernel" "$work/tools" "$folder/vmlinux"
  mkdir "$work/root"
  copy_programs "$work/tools" "$work/root"
  copy_modules "$work/kernel" "$work/tools" "$work/root"
  (cd "$work/root" && find . | "$work/tools/bin/busybox" cpio -o -H newc -R 0:0) >"$folder/base.cpio" 2>/dev/null
  rm -rf "$work"
}

# fetch unpacks the list's packages of the kernel into WORK/kernel and the
# others into WORK/tools, each laid over one another.
fetch() {
  local list=$1 debs=$2 work=$3 package
  say "fetching $(grep -o '^linux-image[^ ]*' "$list") and $(($(wc -l <"$list") - 1)) packages more"
  download "$list" "$debs"
  merged_root "$work/kernel"
  merged_root "$work/tools"
  while read -r package _; do
    case $package in
      linux-*) lay "$debs" "$package" "$work/kernel" ;;
      *) lay "$debs" "$package" "$work/tools" ;;
    esac
  done <"$list"
}

# lay DEBS NAME=VERSION FOLDER
lay() {
  dpkg-deb --fsys-tarfile "$(deb_file "$1" "$2")" | tar -x --keep-directory-symlink -C "$3"
}

unpack() {
  local package=$1 also=$2 debs=$3 folder=$4 list=$4/packages
  command -v apt-get >/dev/null || die "this host has no apt-get to fetch $package with"
  chosen "$package" "$also" >"$list" || {
    as_root apt-get update >/dev/null
    chosen "$package" "$also" >"$list" || die "no package $package in this host's apt sources"
  }
  say "fetching $package"
  download "$list" "$debs"
  while read -r package; do lay "$debs" "$package" "$folder"; done <"$list"
}

# root makes it of this host's release, from Debian's own archive.
root() {
  local file=$1 release
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  host mmdebstrap mmdebstrap
  say "making the root of a Debian $release"
  mmdebstrap --quiet --variant=essential --include=systemd-sysv "$release" "$file" >&2
}

# chosen PACKAGE ALSO: PACKAGE, and those it depends on whose names match ALSO.
chosen() { closure "$hosts" "$1" | grep -E "^($1|$2)="; }

# download LIST DEBS gets what DEBS does not hold yet, after an update if
# apt's lists name what the archive no longer has.
download() {
  local testing
  testing=$(testing "$2")
  try_download "$hosts" "" "$@" || {
    as_root apt-get update >/dev/null
    try_download "$hosts" "" "$@"
  }
  try_download "$testing" testing "$@" || {
    apt-get -c "$testing" update >/dev/null
    try_download "$testing" testing "$@"
  }
}

# try_download APT SUITE LIST DEBS: those of the list that SUITE is behind.
try_download() {
  local apt=$1 suite=$2 list=$3 debs=$4 package of missing=()
  while read -r package of; do
    [ "$of" != "$suite" ] || [ -e "$(deb_file "$debs" "$package")" ] || missing+=("$package")
  done <"$list"
  [ ${#missing[@]} = 0 ] || (cd "$debs" && apt-get -c "$apt" -qq -o APT::Sandbox::User=root download "${missing[@]}" >/dev/null)
}

# deb_file DEBS NAME=VERSION: where apt-get download puts the package; in the
# file's name the colon of an epoch is escaped.
deb_file() {
  local name=${2%%=*} version=${2#*=}
  echo "$1/${name}_${version//:/%3a}_"*.deb
}

# merged_root FOLDER: a root whose /bin, /sbin and /lib are those of /usr, so
# that packages from before and after Debian's merge land alike.
merged_root() {
  local d
  for d in bin sbin lib lib64; do
    mkdir -p "$1/usr/$d"
    ln -s "usr/$d" "$1/$d"
  done
}

# write_kernel takes the ELF image out of the bzImage, by the offsets of the
# boot protocol's header (Documentation/arch/x86/boot.rst): QEMU boots it at
# its PVH entry, and no 40 MB have to be inflated under emulation.
write_kernel() {
  local kernel=$1 tools=$2 vmlinux=$3 image sectors offset length
  image=$(find "$kernel/" -name 'vmlinuz*' -type f)
  sectors=$(od -An -tu1 -j497 -N1 "$image")
  read -r offset length < <(od -An -tu4 -j584 -N8 "$image")
  tail -c "+$(((sectors + 1) * 512 + offset + 1))" "$image" | head -c "$length" >"$vmlinux.packed" || true
  # The payload ends in its own length, at which all three complain once done.
  inflate "$tools" "$vmlinux.packed" >"$vmlinux" 2>/dev/null || true
  rm "$vmlinux.packed"
  [ "$(head -c 4 "$vmlinux")" = $'\x7fELF' ] || die "no ELF image in ${image##*/}"
}

# inflate TOOLS FILE: what FILE was before lz4, xz or zstd packed it.
inflate() {
  case $(od -An -tx1 -N4 "$2") in
    " 02 21 4c 18") run_tool "$1" "$1/usr/bin/lz4" -dcq "$2" ;;
    " fd 37 7a 58") run_tool "$1" "$1/usr/bin/xz" -dcq "$2" ;;
    " 28 b5 2f fd") run_tool "$1" "$1/usr/bin/zstd" -dcq "$2" ;;
    *) cat "$2" ;;
  esac
}

# copy_programs TOOLS ROOT: the programs, what they load, and links for the
# names of busybox and iptables.
copy_programs() {
  local tools=$1 root=$2 files=() name
  merged_root "$root"
  mkdir "$root"/{proc,sys,dev,run,tmp,out,lab,etc,root}
  for name in "${wanted_programs[@]}"; do files+=("$(find "$tools/usr/bin" "$tools/usr/sbin" -name "$name" -type f)"); done
  cp "${files[@]}" "$root/usr/sbin/"
  files+=("$tools"/usr/lib/*/xtables/*.so)
  for name in "${files[@]}"; do libraries "$tools" "$name"; done | sort -u | while read -r name; do
    copy_at "$tools" "$root" "$name"
  done
  for name in "$tools"/usr/lib/*/xtables/*.so; do copy_at "$tools" "$root" "$name"; done
  link_names "$root"
}

# copy_at FROM TO FILE: FILE of the tree FROM to the same place in TO.
copy_at() {
  local place=$2/${3#"$1"/}
  mkdir -p "${place%/*}"
  cp -L "$3" "$place"
}

# libraries TOOLS FILE: the loader and the libraries of FILE, none if it is
# static.
libraries() {
  run_tool "$1" --list "$2" 2>/dev/null | awk '$2 == "=>" {print $3} $1 ~ /^\// {print $1}' || true
}

# run_tool TOOLS ARGUMENT...: the packages' own program loader, finding the
# packages' own libraries.
run_tool() {
  local tools=$1
  shift
  "$tools"/lib64/ld-linux-x86-64.so.2 --library-path "$(echo "$tools"/usr/lib/*-linux-gnu)" "$@"
}

# link_names gives every program its names. /bin/sh is dash, as busybox's shell
# prefers its own ip to the real one.
link_names() {
  local sbin=$1/usr/sbin name
  ln -s ../sbin/dash "$1/usr/bin/sh"
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s xtables-nft-multi "$sbin/$name"
    ln -s xtables-legacy-multi "$sbin/${name/tables/tables-legacy}"
  done
  "$sbin/busybox" --list | while read -r name; do
    [ -e "$sbin/$name" ] || [ -e "$1/usr/bin/$name" ] || ln -s busybox "$sbin/$name"
  done
}

# copy_modules KERNEL TOOLS ROOT: the modules with those that they need, inflated.
copy_modules() {
  local kernel=$1 tools=$2 root=$3 version name place
  version=$(ls "$kernel/usr/lib/modules")
  kmod "$tools" depmod -b "$kernel" "$version"
  for name in "${wanted_modules[@]}"; do
    kmod "$tools" modprobe -d "$kernel" -S "$version" --show-depends "$name" 2>/dev/null || true
  done | awk '$1 == "insmod" {print $2}' | sort -u | while read -r name; do
    place=$root/lib/modules/$version/$(basename "${name%.xz}")
    mkdir -p "${place%/*}"
    inflate "$tools" "$name" >"$place"
  done
  cp "$kernel/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$version/"
  kmod "$tools" depmod -b "$root" "$version"
}

kmod() {
  local tools=$1 name=$2
  shift 2
  run_tool "$tools" --argv0 "$name" "$tools/usr/bin/kmod" "$@"
}

"$@"
