/* The fast table: by keyboard alone, each row sent by itself.

  What is not sent yet is kept in this browser, so that a closed tab loses nothing. These are other people's names on a machine
  that several may use: the draft is sealed (AES-GCM) with a key that the page has only while its user is logged in, a row leaves
  it when it is saved, and after a week it goes. Without a secure context there is no sealing: then it is kept for this tab alone. */
"use strict";
(() => {
  const form = document.querySelector("[data-entry]");
  if (!form) return;
  const body = form.querySelector("tbody"), count = form.querySelector(".entry__count"), words = JSON.parse(form.dataset.words);
  const WEEK = 7 * 24 * 3600 * 1000, rows = () => [...body.rows], cells = (row) => [...row.querySelectorAll("[data-column]")];
  const text = (cell) => cell.matches('input[type="text"]'), said = (cell) => text(cell) && !cell.dataset.column.startsWith("proxy.");
  const blank = (row) => !cells(row).some((cell) => said(cell) && cell.value.trim() !== (cell.dataset.usual || ""));
  const open = (row) => row.dataset.state !== "saved" && row.dataset.state !== "sending" && !blank(row);
  const filled = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const pristine = body.rows[body.rows.length - 1].cloneNode(true);

  /* ---- rows ---- */

  const addRow = () => {
    const number = Math.max(...rows().map((row) => +row.dataset.row)) + 1;
    if (number >= +form.dataset.most) return null;
    const row = pristine.cloneNode(true), old = pristine.dataset.row;
    row.dataset.row = number;
    row.querySelector(".entry__number").textContent = number + 1;
    row.querySelectorAll("[name]").forEach((cell) => { cell.name = cell.name.replace(`rows.${old}.`, `rows.${number}.`); });
    row.querySelectorAll("[aria-label]").forEach((cell) => cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+(?=\D*$)/, number + 1)));
    row.querySelector("[type=hidden]").value = [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    body.append(row);
    return row;
  };
  const next = (row) => row.nextElementSibling || addRow();

  const value = (cell) => cell.type === "checkbox" ? cell.checked : cell.value;
  const put = (cell, what) => {
    if (cell.type === "checkbox") cell.checked = what === true || /^(1|是|有|√|✓|yes|true|on)$/i.test(what);
    else if (cell.tagName === "SELECT") {
      const wanted = String(what).trim(), found = [...cell.options].find((one) => one.value === wanted || one.text.replace(/^\d+ /, "") === wanted);
      cell.value = found ? found.value : "";
    } else cell.value = what;
  };
  const same = (row, cell) => row && cells(row).filter((one) => one.dataset.column === cell.dataset.column)
    .find((one) => one.type !== "checkbox" || one.value === cell.value);

  /* “the same in every row”: copied from the row above, and passed over by Tab */
  const carried = () => [...form.querySelectorAll("[data-carry]:checked")].map((box) => box.dataset.carry);
  const carry = (row) => {
    const names = carried(), above = row.previousElementSibling;
    for (const cell of cells(row)) {
      const mine = names.includes(cell.dataset.column), from = mine && same(above, cell);
      if (from && blank(row)) put(cell, value(from));
      cell.tabIndex = mine && above && value(cell) ? -1 : 0;
    }
  };
  form.addEventListener("change", (event) => { if (event.target.dataset.carry) rows().filter((row) => row.dataset.state !== "saved").forEach(carry); });

  const enter = (row) => {
    if (!row) return;
    carry(row);
    const cell = cells(row).find((one) => !one.disabled && one.tabIndex === 0);
    cell?.focus();
    cell?.select?.();
  };

  /* ---- sending ---- */

  const clear = (row) => {
    row.querySelectorAll(".entry__wrong").forEach((note) => note.remove());
    row.querySelectorAll("[aria-invalid]").forEach((cell) => { cell.removeAttribute("aria-invalid"); cell.removeAttribute("aria-describedby"); });
  };
  const state = (row, what, ...told) => {
    row.dataset.state = what;
    row.querySelector(".entry__state").replaceChildren(...told);
    tell();
  };
  const tell = () => {
    const of = (what) => rows().filter((row) => row.dataset.state === what).length;
    count.textContent = filled(words.count, { saved: of("saved"), wrong: of("wrong"), open: rows().filter((row) => !row.dataset.state && !blank(row)).length + of("lost") });
  };

  const saved = (row, done) => {
    clear(row);
    cells(row).forEach((cell) => { cell.disabled = true; });
    const link = Object.assign(document.createElement("a"), { href: done.url, textContent: done.code });
    state(row, "saved", link, " " + done.standing);
  };
  const refused = (row, no) => {
    clear(row);
    for (const [name, told] of Object.entries(no.fields)) {
      const cell = cells(row).find((one) => one.dataset.column === name);
      if (!cell) continue;
      const note = Object.assign(document.createElement("p"), { className: "entry__wrong", id: `w-${row.dataset.row}-${name.replaceAll(".", "-")}`, textContent: told.join("；") });
      cell.setAttribute("aria-invalid", "true");
      cell.setAttribute("aria-describedby", note.id);
      cell.tabIndex = 0;
      cell.closest("td").append(note);
    }
    state(row, "wrong", [...new Set([no.refusal, ...(no.elsewhere || [])])].join("；"));
  };

  const send = async (row) => {
    if (!open(row)) return;
    state(row, "sending", words.sending);
    const sent = new FormData();
    sent.append("csrf_token", form.elements.csrf_token.value);
    sent.append("row", row.dataset.row);
    row.querySelectorAll("[name]").forEach((cell) => { if (cell.type !== "checkbox" || cell.checked) sent.append(cell.name, cell.value); });
    try {
      const answer = await fetch(form.dataset.entry, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 401) return state(row, "lost", words.logged_out);
      const said = (answer.headers.get("Content-Type") || "").includes("json") && await answer.json();
      if (answer.status === 201 && said) saved(row, said);
      else if (said && said.fields) refused(row, said);
      else state(row, "lost", words.lost);
    } catch { state(row, "lost", words.lost); }
    keep();
  };
  const sendAll = async () => { for (const row of rows()) await send(row); };
  addEventListener("online", () => rows().filter((row) => row.dataset.state === "lost").forEach(send));
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); sendAll(); }, true);

  /* ---- keys ---- */

  const down = (cell, step) => {
    const row = cell.closest("tr"), to = step > 0 ? next(row) : row.previousElementSibling, there = same(to, cell);
    if (step > 0 && to) carry(to);
    there?.focus();
    there?.select?.();
  };
  const wrong = (cell) => {
    const all = [...body.querySelectorAll("[aria-invalid=true]")];
    (all.find((one) => cell.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) || all[0])?.focus();
  };
  body.addEventListener("keydown", (event) => {
    const cell = event.target, row = cell.closest("tr");
    if (event.isComposing || !cell.dataset.column) return;
    const act = {
      Enter: () => { if (event.ctrlKey) return sendAll(); send(row); enter(next(row)); },
      ArrowDown: () => down(cell, 1), ArrowUp: () => down(cell, -1), F8: () => wrong(cell),
    }[event.key];
    if (act && !event.altKey && !event.metaKey) { event.preventDefault(); event.stopPropagation(); return act(); }
    if (event.ctrlKey && event.key.toLowerCase() === "d") {
      event.preventDefault();
      const above = same(row.previousElementSibling, cell);
      if (above) { put(cell, value(above)); touched(row); }
    }
    if (cell.tagName === "SELECT" && /^[0-9]$/.test(event.key) && !event.ctrlKey) {
      event.preventDefault();
      if (+event.key < cell.options.length) { cell.selectedIndex = +event.key; touched(row); }
    }
    if (event.key === "Tab" && !event.shiftKey && cell === cells(row).filter((one) => one.tabIndex === 0).at(-1)) {
      event.preventDefault();
      send(row);
      enter(next(row));
    }
  });

  body.addEventListener("paste", (event) => {
    const cell = event.target, told = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!cell.dataset?.column || !/[\t\n]/.test(told)) return;
    event.preventDefault();
    let row = cell.closest("tr");
    const first = cells(row).indexOf(cell);
    for (const line of told.split("\n")) {
      while (row && row.dataset.state === "saved") row = next(row);
      if (!row) break;
      const room = cells(row);
      line.split("\t").forEach((what, at) => { if (room[first + at]) put(room[first + at], what.trim()); });
      touched(row);
      row = next(row);
    }
  });

  const touched = (row) => {
    if (row.dataset.state === "saved" || row.dataset.state === "sending") return;
    if (row.dataset.state === "lost") delete row.dataset.state;
    keepSoon();
    tell();
  };
  body.addEventListener("input", (event) => touched(event.target.closest("tr")));
  body.addEventListener("change", (event) => touched(event.target.closest("tr")));

  /* ---- what is not sent yet ---- */

  const name = form.dataset.draft, sealed = Boolean(globalThis.crypto?.subtle), store = sealed ? localStorage : sessionStorage;
  const key = sealed && crypto.subtle.digest("SHA-256", new TextEncoder().encode(form.dataset.key))
    .then((raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]));
  const packed = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))), unpacked = (letters) => Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  const seal = async (plain) => {
    if (!sealed) return plain;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return packed(iv) + "." + packed(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(plain)));
  };
  const unseal = async (kept) => {
    if (!sealed) return kept;
    const [iv, blob] = kept.split(".").map(unpacked);
    return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, blob));
  };
  const unsent = () => rows().filter((row) => row.dataset.state !== "saved" && !blank(row));

  let turn = Promise.resolve(), soon;
  const keep = () => { turn = turn.then(write).catch(() => {}); return turn; };
  const keepSoon = () => { clearTimeout(soon); soon = setTimeout(keep, 250); };
  const write = async () => {
    const kept = unsent().map((row) => ({ nonce: row.querySelector("[type=hidden]").value, cells: cells(row).map((cell) => [cell.dataset.column, cell.type === "checkbox" ? cell.value : "", value(cell)]) }));
    if (!kept.length) return store.removeItem(name);
    store.setItem(name, JSON.stringify({ at: Date.now(), kept: await seal(JSON.stringify(kept)) }));
  };
  const restore = async () => {
    for (const old of Object.keys(store).filter((one) => one.startsWith("table-"))) {
      try { if (Date.now() - JSON.parse(store.getItem(old)).at > WEEK) store.removeItem(old); } catch { store.removeItem(old); }
    }
    const found = store.getItem(name);
    if (!found || body.querySelector("[data-state]")) return;
    try {
      const kept = JSON.parse(await unseal(JSON.parse(found).kept));
      let row = body.rows[0];
      for (const one of kept) {
        row.querySelector("[type=hidden]").value = one.nonce;
        for (const [column, which, what] of one.cells) {
          const cell = cells(row).find((there) => there.dataset.column === column && (there.type !== "checkbox" || there.value === which));
          if (cell) put(cell, what);
        }
        row = next(row);
      }
      count.textContent = filled(words.found, { n: kept.length });
    } catch { store.removeItem(name); /* sealed for somebody else, or of another release */ }
  };
  addEventListener("visibilitychange", keep);
  addEventListener("beforeunload", (event) => { if (unsent().length) event.preventDefault(); });
  form.querySelector(".entry__table").dataset.ready = "";
  restore().finally(() => { body.dataset.ready = ""; });
})();
