#!/usr/bin/env bash
# Installs what pip cannot: Tesseract with English and Chinese, libmagic, a Chinese TrueType font, Chromium and PostgreSQL for the tests.
set -euo pipefail

missing=()
command -v tesseract >/dev/null 2>&1 || missing+=(tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd)
languages=$(tesseract --list-langs 2>/dev/null || true)
grep -qx chi_sim <<<"$languages" || missing+=(tesseract-ocr-chi-sim)
grep -qx eng <<<"$languages" || missing+=(tesseract-ocr-eng)
ls /usr/share/fonts/truetype/wqy/wqy-zenhei.ttc >/dev/null 2>&1 || missing+=(fonts-wqy-zenhei)
ls /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf >/dev/null 2>&1 || missing+=(fonts-dejavu-core)
ldconfig -p 2>/dev/null | grep -q libmagic.so.1 || missing+=(libmagic1)
wanted=() # only tests need these, and are passed over where they are not to be had
if [ "$(uname)" = Linux ]; then
  command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || wanted+=(chromium)
  command -v initdb >/dev/null 2>&1 || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || wanted+=(postgresql)
  command -v ip >/dev/null 2>&1 || wanted+=(iproute2)
fi
needed=${#missing[@]}
for package in "${wanted[@]}"; do
  command -v apt-get >/dev/null 2>&1 && missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(uname)" = Darwin ]; then
  echo "macOS: run  brew install tesseract tesseract-lang libmagic  (the system's own Chinese fonts are used), then make again."
  command -v tesseract >/dev/null 2>&1 && exit 0 || exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Install these with your system's package manager, then make again: Tesseract 5 with eng, chi_sim and osd,"
  echo "libmagic, WenQuanYi Zen Hei and DejaVu fonts. (Fedora: dnf install tesseract tesseract-langpack-chi_sim"
  echo "file-libs wqy-zenhei-fonts dejavu-sans-fonts; Arch: pacman -S tesseract tesseract-data-eng tesseract-data-chi_sim"
  echo "file wqy-zenhei ttf-dejavu.)"
  exit 1
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
    echo "Run this once as root, then make again:  apt-get install ${missing[*]}"
    [ "$needed" -eq 0 ] && echo "(Only tests need them; going on without.)" && exit 0
    exit 1
  fi
  run=(sudo)
fi
echo "Installing ${missing[*]} …"
"${run[@]}" apt-get update -q >/dev/null || true
for package in "${wanted[@]}"; do # this system may not have it
  apt-cache show "$package" >/dev/null 2>&1 || missing=("${missing[@]/$package/}")
done
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep .)
[ ${#missing[@]} -eq 0 ] && exit 0
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
