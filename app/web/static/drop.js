// Files and folders dropped on the form, sent with their progress. Without this the form sends what was chosen.
"use strict";

for (const each of document.querySelectorAll("[data-script]")) each.hidden = false;

const form = document.querySelector("[data-drop]");
if (form) {
  const told = form.querySelector("[data-told]");
  const bar = form.querySelector("[data-bar]");
  form.classList.add("picking");
  const chosen = () => [...form.querySelectorAll("input[type=file]")].flatMap((each) => [...each.files]);
  form.addEventListener("change", () => {
    told.textContent = chosen().length ? form.dataset.toldChosen.replace("{n}", chosen().length) : "";
  });

  const entries = (reader) => new Promise((found, failed) => reader.readEntries(found, failed));
  const fileOf = (entry) => new Promise((found, failed) => entry.file(found, failed));

  async function within(entry) {
    if (entry.isFile) return [await fileOf(entry)];
    const found = [];
    const reader = entry.createReader();
    for (let some = await entries(reader); some.length; some = await entries(reader))
      for (const each of some) found.push(...await within(each));
    return found;
  }

  function send(files) {
    if (!files.length) return;
    const body = new FormData();
    for (const name of ["claim", "ocr"]) body.append(name, form.elements[name].value);
    for (const file of files) body.append("files", file, file.webkitRelativePath || file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/documents");
    request.setRequestHeader("X-CSRF-Token", form.elements.csrf_token.value);
    request.responseType = "json";
    bar.hidden = false;
    told.textContent = form.dataset.toldLarge.replace("{n}", files.length);
    request.upload.onprogress = (event) => { bar.max = event.total; bar.value = event.loaded; };
    request.onload = () => {
      bar.hidden = true;
      if (request.status < 300) { location.href = `/jobs/${encodeURIComponent(request.response.id)}`; return; }
      const error = request.response?.error;
      told.textContent = `${form.dataset.toldFailed} ${error ? `${error.message} ${error.hint}` : request.status}`;
    };
    request.onerror = () => { bar.hidden = true; told.textContent = form.dataset.toldFailed; };
    request.send(body);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(chosen());
  });
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    const found = [];
    for (const entry of dropped) found.push(...await within(entry));
    send(found.length ? found : plain);
  });
}
