// Asks how far the work is, and loads the page anew when it has ended.
"use strict";

const { job, state } = document.querySelector("[data-job]").dataset;
const bar = document.querySelector("[data-progress]");
const told = document.querySelector("[data-told]");

async function ask() {
  try {
    const answer = await fetch(`/api/v1/jobs/${encodeURIComponent(job)}`, { headers: { accept: "application/json" } });
    const found = await answer.json();
    if (found.state !== state) return location.reload();
    if (found.progress) {
      const { what, done, of, item } = found.progress;
      if (of) { bar.max = of; bar.value = done; }
      told.textContent = [told.dataset[what], of ? `${done} / ${of}` : "", item].filter(Boolean).join(" ");
    }
  } catch { /* the server is busy or gone: ask again */ }
  setTimeout(ask, 700);
}
setTimeout(ask, 300);
