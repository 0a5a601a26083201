// The course of a claim: stretched in place, and narrowed to what holds the words typed. The page can be read without it.
"use strict";

for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;

const course = document.querySelector("[data-course]");
const view = document.querySelector(".timeline");
const stretches = document.querySelectorAll("[data-stretch]");
const filter = document.querySelector("[data-filter]");

function narrow() {
  const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const told = (each) => each.textContent.toLocaleLowerCase();
  for (const each of document.querySelectorAll(".timeline g, .lines tbody tr"))
    each.classList.toggle("off", !words.every((word) => told(each).includes(word)));
  if (words.length) showFirst();
}

// What is left may lie outside of what is in view.
function showFirst() {
  const seen = view.getBoundingClientRect();
  const left = [...view.querySelectorAll("g:not(.off)")].map((each) => each.getBoundingClientRect()).filter((each) => each.width);
  if (left.length && !left.some((each) => each.right > seen.left && each.left < seen.right))
    view.scrollLeft += Math.min(...left.map((each) => each.left)) - seen.left - view.clientWidth / 3;
}

// The names of events stay in view while the picture is moved below them.
function keepNames() {
  const picture = course.querySelector("svg");
  if (!picture) return;
  const moved = view.scrollLeft * picture.viewBox.baseVal.width / picture.getBoundingClientRect().width;
  for (const name of course.querySelectorAll(".n")) name.setAttribute("transform", `translate(${moved})`);
}

// The same page with a wider picture; the day in the middle stays there.
async function stretch(link) {
  const answer = await fetch(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const wider = page.querySelector("[data-course]");
  const middle = (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth;
  course.replaceChildren(...wider.childNodes);
  course.className = wider.className;
  view.scrollLeft = middle * view.scrollWidth - view.clientWidth / 2;
  for (const each of stretches) each.toggleAttribute("aria-current", each === link);
  link.setAttribute("aria-current", "true");
  history.replaceState(null, "", link.href);
  narrow();
  keepNames();
}

if (course) {
  for (const link of stretches) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      stretch(link).catch(() => location.assign(link.href));
    });
  }
  view.addEventListener("scroll", keepNames);
}
if (filter) filter.addEventListener("input", narrow);
