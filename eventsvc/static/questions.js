/* The form editor: the preview follows what is typed. The server draws it; without this script a button does the same. */
"use strict";
(() => {
  const form = document.querySelector("[data-preview-of]");
  let waiting, asked = 0;
  const look = async () => {
    const mine = ++asked, data = new FormData(form);
    data.set("_action", "preview");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: data, headers: { "X-Fragment": "1", Accept: "text/html" } });
      const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(form.dataset.previewOf);
      if (fresh && mine === asked) document.querySelector(form.dataset.previewOf).replaceWith(fresh);
    } catch { /* the line is down: the preview stays as it was */ }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 500); });
})();
