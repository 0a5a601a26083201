// Shows where a fact stands when it is pointed at or focused, and the reverse. The page can be read without it.
"use strict";

const spots = (key) => document.querySelectorAll(`[data-spot="${CSS.escape(key)}"]`);

function light(key, on) {
  for (const each of spots(key)) each.classList.toggle("on", on);
}

function intoView(key, from) {
  for (const each of spots(key)) {
    if (each.contains(from) || each.closest("details:not([open])")) continue;
    each.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

// The page of the document is moved to the place of what is pointed at; the list stays under the pointer.
function moveSheet(key, from) {
  const view = document.querySelector(".scroll");
  const place = view?.querySelector(`[data-spot="${CSS.escape(key)}"]`);
  if (!place || view.contains(from)) return;
  const [seen, at] = [view.getBoundingClientRect(), place.getBoundingClientRect()];
  if (at.top < seen.top || at.bottom > seen.bottom) view.scrollTop += at.top - seen.top - view.clientHeight / 3;
  if (at.left < seen.left || at.right > seen.right) view.scrollLeft += at.left - seen.left - view.clientWidth / 3;
}

let resting;
for (const each of document.querySelectorAll("[data-spot]")) {
  const key = each.dataset.spot;
  each.addEventListener("mouseenter", () => {
    light(key, true);
    clearTimeout(resting);
    resting = setTimeout(moveSheet, 120, key, each);
  });
  each.addEventListener("mouseleave", () => light(key, [...spots(key)].some((one) => one.contains(document.activeElement))));
  if (each instanceof SVGElement) { // where something waits for focus, Chromium lets keys stop: at every box of a page
    each.addEventListener("click", () => { light(key, true); intoView(key, each); });
    continue;
  }
  each.addEventListener("focusin", () => { light(key, true); intoView(key, each); });
  each.addEventListener("focusout", () => light(key, false));
}

// Zoom without loading the page again; the larger picture follows.
const sheet = document.querySelector(".sheet");
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    sheet.className = `sheet zoom-${button.dataset.zoom}`;
    const large = ["150", "200"].includes(button.dataset.zoom);
    const picture = sheet.querySelector("img");
    if (large) picture.src = picture.src.replace("size=page", "size=large");
    for (const other of document.querySelectorAll("[data-zoom]")) other.toggleAttribute("aria-current", other === button);
    button.setAttribute("aria-current", "true");
    history.replaceState(null, "", button.href);
  });
}
