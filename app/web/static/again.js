// Looks at the same page again in a moment and puts in what changed, for as long as the server says that more is to
// come: never under somebody's hands, and what somebody typed, opened, chose or scrolled to stays.
"use strict";

const { after, whole } = document.currentScript.dataset;
const STILL = 800;
let held = false, moved = -STILL;
for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"])
  addEventListener(name, () => { moved = performance.now(); }, { passive: true });
addEventListener("pointerdown", () => { held = true; });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { held = false; });

const FIELDS = "input:not([type=hidden], [type=checkbox]), textarea, select";
const fields = (within) => [...within.querySelectorAll(FIELDS)];
const first = new WeakMap(fields(document).map((each) => [each, each.value]));
const atWork = () => document.activeElement?.matches("a, button, summary, input, textarea, select") && document.activeElement;
const touched = (each) => each === document.activeElement || (first.has(each) && each.value !== first.get(each));
const inUse = (part) => (atWork() && part.contains(atWork())) || [part, ...fields(part)].some(touched);
const busy = () => held || performance.now() - moved < STILL || !getSelection().isCollapsed;

function put(old, fresh) {
  if (old instanceof Element && inUse(old)) return;
  if (fresh instanceof Element) for (const each of [fresh, ...fields(fresh)]) first.set(each, each.value);
  old.replaceWith(fresh);
}

function dress(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
}

// As little as possible is put in anew: what is alike in form keeps its place, and only what differs in it changes.
function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const [before, now] = [[...old.childNodes], [...fresh.childNodes]];
  const alike = before.length === now.length && before.every((each, at) => each.nodeName === now[at].nodeName);
  if (!alike || !before.length || old.matches(FIELDS)) return put(old, fresh);
  dress(old, fresh);
  before.forEach((each, at) => renew(each, now[at]));
}

async function look() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || busy()) return setTimeout(turn, STILL);
  renew(document.querySelector("main"), page.querySelector("main"));
  if (page.querySelector("script[data-after]")) setTimeout(turn, 1000 * after);
}

function turn() {
  if (busy() || (whole && fields(document).some(touched))) setTimeout(turn, STILL);
  else if (whole) location.reload();
  else look().catch(() => setTimeout(turn, 1000 * after)); // the server is busy or gone
}
setTimeout(turn, 1000 * after);
