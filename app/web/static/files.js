// Reads a chosen file into the text field that it belongs to.
"use strict";

for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;
for (const input of document.querySelectorAll("[data-into]")) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    document.getElementById(input.dataset.into).value = await file.text();
    document.getElementById("register-name").textContent = file.name;
  });
  input.form.classList.add("picking");
}
