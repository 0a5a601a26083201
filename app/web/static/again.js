// Loads the page anew in a moment, but never under somebody's hands: not while something is typed or chosen in it.
"use strict";

const seconds = Number(document.currentScript.dataset.after);
const fields = () => [...document.querySelectorAll("main :is(input:not([type=hidden], [type=checkbox]), textarea, select)")];
const first = new Map(fields().map((each) => [each, each.value]));
const touched = () => fields().some((each) => each === document.activeElement || each.value !== first.get(each));
setInterval(() => { if (!touched()) location.reload(); }, 1000 * seconds);
