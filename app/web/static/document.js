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

for (const each of document.querySelectorAll("[data-spot]")) {
  const key = each.dataset.spot;
  each.addEventListener("mouseenter", () => light(key, true));
  each.addEventListener("mouseleave", () => light(key, [...spots(key)].some((one) => one.contains(document.activeElement))));
  each.addEventListener("focusin", () => { light(key, true); intoView(key, each); });
  each.addEventListener("focusout", () => light(key, false));
  if (each instanceof SVGElement) each.addEventListener("click", () => { light(key, true); intoView(key, each); });
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
