// The course of a claim: stretched, and narrowed to what holds the words typed. The page can be read without it.
"use strict";

for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;

const course = document.querySelector("[data-course]");
const buttons = document.querySelectorAll("[data-stretch]");
for (const button of buttons) {
  button.addEventListener("click", () => {
    if (course) course.className = `stretch-${button.dataset.stretch}`;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  });
}

const filter = document.querySelector("[data-filter]");
if (filter) {
  filter.addEventListener("input", () => {
    const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const told = (each) => each.textContent.toLocaleLowerCase();
    for (const each of document.querySelectorAll(".timeline g, .lines tbody tr"))
      each.classList.toggle("off", !words.every((word) => told(each).includes(word)));
  });
}
