// Keys for what carries `data-key`: "/" goes to the search, others follow a link or press a button.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const at = event.target;
  if (at instanceof HTMLElement && (at.isContentEditable || /^(input|select|textarea)$/i.test(at.tagName))) {
    if (event.key === "Escape") at.blur();
    return;
  }
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted instanceof HTMLInputElement || wanted instanceof HTMLSelectElement) wanted.focus();
  else wanted.click();
});
