/* What a script adds: pieces of a page exchanged in place, rows, copying. Every page works without it. */
"use strict";
(() => {
  const root = document, all = (selector) => root.querySelectorAll(selector);
  const near = (event, selector) => event.target.closest?.(selector);
  root.documentElement.dataset.script = "";

  /* ---- pieces: the answer may be the piece alone or a page that contains it ---- */

  const piece = (text, id) => {
    const { body } = new DOMParser().parseFromString(text, "text/html");
    const found = body.querySelector("#" + CSS.escape(id));
    found?.prepend(...body.querySelectorAll("main > .flash")); // what was left to say is said once
    return found || (body.childElementCount === 1 && body.firstElementChild);
  };

  const ask = (url, options) => fetch(url, { ...options, headers: { "X-Fragment": "1", Accept: "text/html" } });

  const exchange = (old, fresh) => {
    const was = old.contains(root.activeElement) && root.activeElement;
    old.replaceWith(fresh);
    arrive(fresh);
    if (!was) return;
    const same = was.name && `[name="${CSS.escape(was.name)}"]` + (was.type === "submit" ? `[value="${CSS.escape(was.value)}"]` : "");
    const next = fresh.querySelector("[autofocus]") || (was.id && root.getElementById(was.id)) || (same && fresh.querySelector(same));
    if (!next) fresh.tabIndex = -1;
    (next || fresh).focus();
  };

  /* data-poll="address": ask again until the piece says data-done; slower when the line is down. */
  const poll = (node, wait) => setTimeout(async () => {
    if (!node.isConnected) return;
    try {
      const answer = !root.hidden && await ask(node.dataset.poll);
      const fresh = answer && answer.ok && piece(await answer.text(), node.id);
      if (fresh) return exchange(node, fresh);
    } catch { /* try again later */ }
    poll(node, Math.min(wait * 1.5, 15000));
  }, wait);

  const arrive = (part) => [part, ...part.querySelectorAll("[data-poll]")].forEach((node) => {
    if (node.dataset.poll && !("done" in node.dataset)) poll(node, 1000 * (node.dataset.every || 1));
  });

  /* data-swap="#id" on a form or link: exchange that element with the answer; anything odd goes the plain way. */
  const swap = async (source, url, options, plain) => {
    const old = root.querySelector(source.dataset.swap);
    try {
      const answer = await ask(url, options);
      const fresh = (answer.ok || [409, 422].includes(answer.status)) && piece(await answer.text(), old.id);
      if (!fresh) return answer.redirected ? location.assign(answer.url) : plain();
      exchange(old, fresh);
      if (!options) history.replaceState(null, "", url);
      release(source);
    } catch { plain(); }
  };

  /* ---- forms: sent once, nothing lost by mistake ---- */

  const relabel = (button, words) => {
    const label = button.querySelector("span");
    if (words && label) [button.dataset.words, label.textContent] = [label.textContent, words];
  };

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => {
      button.removeAttribute("aria-disabled");
      relabel(button, button.dataset.words);
    });
  };

  root.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.dataset.sent) return event.preventDefault();
    const post = form.method === "post", data = new FormData(form, button);
    const url = new URL(button?.hasAttribute("formaction") ? button.formAction : form.action);
    form.dataset.touched = "";
    if (post) form.dataset.sent = "1";
    if (post && button) {
      button.setAttribute("aria-disabled", "true");
      relabel(button, button.dataset.busy);
    }
    if (!form.dataset.swap) return;
    event.preventDefault();
    const plain = () => {
      if (button?.name) form.append(Object.assign(root.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      form.action = url;
      form.submit();
    };
    if (!post) url.search = new URLSearchParams([...data].filter((pair) => pair[1] !== ""));
    swap(form, url, post ? { method: "POST", body: data } : undefined, plain);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  root.addEventListener("input", (event) => { const form = near(event, "form[data-unsaved]"); if (form) form.dataset.touched = "1"; });
  addEventListener("beforeunload", (event) => { if (root.querySelector('form[data-touched="1"]')) event.preventDefault(); });

  /* ---- clicks and keys ---- */

  const addRow = (room) => {
    const n = room.dataset.rows++, row = room.querySelector("template").content.querySelector("tr").cloneNode(true);
    if (n >= room.dataset.most) return;
    row.querySelectorAll("[name]").forEach((input) => ["name", "id"].forEach((key) => { input[key] = input[key].replace("__i__", n); }));
    room.querySelector("tbody").append(row);
    row.querySelector("[name]").focus();
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      relabel(button, button.dataset.copied);
      setTimeout(() => relabel(button, button.dataset.words), 2500);
    } catch { prompt("", text); /* plain http and old phones: shown, to be copied by hand */ }
  };

  root.addEventListener("click", (event) => {
    const button = near(event, "[data-add-row], [data-copy], [data-print]"), link = near(event, "a[data-swap]");
    if (button) return "addRow" in button.dataset ? addRow(button.closest("[data-rows]")) : "copy" in button.dataset ? copy(button) : print();
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    swap(link, link.href, undefined, () => location.assign(link.href));
  });

  /* table[data-keys]: arrows walk the rows' first links. */
  root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], table = step && near(event, "table[data-keys]");
    if (!table || near(event, "input, select, textarea")) return;
    const rows = [...table.querySelectorAll("tbody tr")], next = rows[rows.indexOf(near(event, "tr")) + step];
    event.preventDefault();
    next?.querySelector("a, button")?.focus();
  });

  arrive(root.body);
})();
