/* Own questions that depend on others: shown or hidden as one types. The meaning of a condition is written down once, in
   eventsvc/declare/conditions.py; a test runs ten thousand cases through both. Without a script every question is visible. */
"use strict";
(() => {
  const EDGE = /^[ \t\n\r\u00a0\u3000]+|[ \t\n\r\u00a0\u3000]+$/g, YES = ["1", "true", "on", "yes"];
  const trim = (raw) => (typeof raw === "string" ? raw.replace(EDGE, "") : "");
  const ascii = (raw) => raw.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
  const own = (node, key) => (node && typeof node === "object" && !Array.isArray(node) && Object.hasOwn(node, key) ? node[key] : undefined);
  const at = (node, ...path) => path.reduce(own, node);

  const leap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const parts = (typed) => {
    const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(typed);
    if (!found) return null;
    const [year, month, day] = found.slice(1).map(Number);
    const last = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
    return year >= 1 && last && day >= 1 && day <= last ? [year, month, day] : null;
  };
  const number = (raw) => {
    if (typeof raw === "number") return Number.isInteger(raw) && Math.abs(raw) < 1e15 ? raw : null;
    const typed = typeof raw === "string" ? trim(ascii(raw)) : "";
    return /^[+-]?[0-9]{1,15}$/.test(typed) ? Number(typed) + 0 : null;
  };
  const choice = (raw) => (trim(raw) ? raw : null);
  const some = (list) => (list.length ? list : null);
  const readers = {
    text: (raw) => (typeof raw === "string" && trim(raw.normalize("NFC"))) || null,
    number, age: number, choice,
    date: (raw) => (parts(trim(raw)) ? trim(raw) : null),
    choices: (raw) => (typeof raw === "string" ? some([raw].filter(choice)) : Array.isArray(raw) ? some(raw.filter(choice)) : null),
    yesno: (raw) => raw === true || YES.includes(raw),
    given: (raw) => (Array.isArray(raw) ? raw : raw && typeof raw === "object" ? Object.values(raw) : [raw]).some((one) => trim(one)) || null,
  };
  const read = (kind, raw) => readers[kind](raw);

  const bornById = (raw) => {
    const typed = typeof raw === "string" ? ascii(raw).replace(/[ \t\n\r\u00a0\u3000]/g, "") : "";
    const found = /^[0-9]{6}([0-9]{8})[0-9]{3}[0-9Xx]$/.exec(typed), old = /^[0-9]{6}([0-9]{6})[0-9]{3}$/.exec(typed);
    const digits = found ? found[1] : old ? "19" + old[1] : "";
    return digits && `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  };
  const ageOf = (person, day) => {
    const on = parts(day), born = parts(read("date", person.born_on) || bornById(person.id_number));
    if (!on || !born) return null;
    const day29 = born[1] === 2 && born[2] === 29 && !leap(on[0]) ? 28 : born[2];
    const before = on[1] < born[1] || (on[1] === born[1] && on[2] < day29), years = on[0] - born[0] - (before ? 1 : 0);
    return years < 0 ? null : years;
  };

  const leaf = (how, value, wanted) => {
    if (how === "answered") return (value !== null) === (wanted !== false);
    if (value === null) return false;
    if (how === "contains") return value.includes(wanted);
    return { eq: value === wanted, ne: value !== wanted, lt: value < wanted, le: value <= wanted, gt: value > wanted, ge: value >= wanted }[how];
  };

  /* shown(program, body): a Set of "role/id" ("/id" for the party's questions). */
  const shown = (program, body) => {
    const found = new Set(), roles = Object.keys(program.sex).filter((who) => program.fixed.includes(who) || read("given", at(body, "people", who)));
    const values = (ref, role) => {
      const kind = own(program.types, ref) || "given", people = role ? [role] : roles;
      if (ref.startsWith("party.")) return [read(kind, at(body, "answers", ref.slice(6)))];
      if (ref.startsWith("person.")) return people.map((who) => {
        const name = ref.slice(7), person = { ...at(program, "known", who), ...at(body, "people", who) };
        if (kind === "age" && !Object.hasOwn(person, "age")) return ageOf(person, program.day);
        return name === "sex" && program.sex[who] ? program.sex[who] : read(kind, own(person, name));
      });
      if (program.each.includes(ref)) return people.map((who) => (found.has(`${who}/${ref}`) ? read(kind, at(body, "people", who, "own", ref)) : null));
      return [found.has(`/${ref}`) ? read(kind, at(body, "answers", "own", ref)) : null];
    };
    const holds = (tree, role) =>
      tree.all ? tree.all.every((one) => holds(one, role))
      : tree.any ? tree.any.some((one) => holds(one, role))
      : tree.not ? !holds(tree.not, role)
      : values(tree.question, role).some((value) => leaf(tree.is, value, tree.value));
    for (const question of program.questions) {
      for (const role of question.per === "person" ? roles : [""]) {
        if (question.when === null || holds(question.when, role)) found.add(`${role}/${question.id}`);
      }
    }
    return found;
  };

  globalThis.eventsvcAsked = { shown };
  if (typeof document === "undefined") return;

  /* ---- the page: [data-asked] holds the program, [data-own="role/id"] each question ---- */

  const fold = (form, prefix) => {
    const body = {};
    for (const input of form.elements) {
      if (!input.name.startsWith(prefix) || (/^(checkbox|radio)$/.test(input.type) && !input.checked) || input.type === "submit") continue;
      const path = input.name.slice(prefix.length).split("."), last = path.pop();
      const node = path.reduce((inner, part) => (inner[part] ??= {}), body), before = node[last];
      if (!trim(input.value)) continue;
      node[last] = before === undefined ? input.value : [].concat(before, input.value);
    }
    return body;
  };

  const turn = (room, on) => {
    room.hidden = !on;
    room.querySelectorAll(".asked__when").forEach((words) => { words.hidden = true; });
    const must = on && "needed" in room.dataset, box = /^(text|tel|date|radio|select-one|textarea)$/;
    room.querySelectorAll("input, select, textarea").forEach((input) => {
      input.disabled = !on;
      input.required = must && box.test(input.type) && !("loose" in input.dataset);
    });
  };

  const look = (form) => {
    const program = JSON.parse(form.querySelector("[data-asked]").dataset.asked);
    for (const prefix of ["", "another."]) {
      const rooms = form.querySelectorAll(`[data-own][data-prefix="${prefix}"]`);
      if (!rooms.length) continue;
      const open = shown(program, fold(form, prefix));
      rooms.forEach((room) => turn(room, open.has(room.dataset.own)));
    }
  };

  const all = () => document.querySelectorAll("[data-asked]").forEach((mark) => mark.closest("form") && look(mark.closest("form")));
  const hear = (event) => { const form = event.target.closest?.("form"); if (form?.querySelector("[data-asked]")) look(form); };
  ["input", "change"].forEach((what) => document.addEventListener(what, hear));
  new MutationObserver((seen) => seen.some((one) => [...one.addedNodes].some((node) => node.querySelector?.("[data-asked]"))) && all()).observe(document.body, { childList: true, subtree: true });
  all();
})();
