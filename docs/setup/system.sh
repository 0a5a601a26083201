#!/usr/bin/env bash
# Installs what pip cannot: Tesseract with English and Chinese, libmagic, a Chinese TrueType font, and Chromium for the tests of the pages.
set -euo pipefail

missing=()
command -v tesseract >/dev/null 2>&1 || missing+=(tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd)
languages=$(tesseract --list-langs 2>/dev/null || true)
grep -qx chi_sim <<<"$languages" || missing+=(tesseract-ocr-chi-sim)
grep -qx eng <<<"$languages" || missing+=(tesseract-ocr-eng)
ls /usr/share/fonts/truetype/wqy/wqy-zenhei.ttc >/dev/null 2>&1 || missing+=(fonts-wqy-zenhei)
ls /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf >/dev/null 2>&1 || missing+=(fonts-dejavu-core)
ldconfig -p 2>/dev/null | grep -q libmagic.so.1 || missing+=(libmagic1)
if [ "$(uname)" = Linux ] && ! command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then
  apt-cache show chromium >/dev/null 2>&1 && missing+=(chromium) # only the tests of the pages need it, and are passed over without it
fi
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
    exit 1
  fi
  run=(sudo)
fi
echo "Installing ${missing[*]} …"
"${run[@]}" apt-get update -q >/dev/null || true
DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
