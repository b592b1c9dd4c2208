// What the keyboard does on the desk. Every page also works without it.
"use strict";

const one = (what, from = document) => from.querySelector(what);
const all = (what, from = document) => [...from.querySelectorAll(what)];
const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
const KEYS_OFF = "arrears keys off", ROW = "arrears row", REASON = "arrears reason ", SHUT = "arrears pane shut";
// The line stands next to the list where there is room for both; a key held down asks for no page.
const WIDE = window.matchMedia("(min-width: 75rem)"), PAUSE = 180;
// Words are offered again to the person who wrote them, until the tab is closed.
const mine = (choice) => `${REASON}${document.body.dataset.person} ${choice}`;

const rows = all("[data-line]");
let here = -1;

// --- where the reader is on the list

function go(place) {
  if (!rows.length) return;
  if (rows[here]) rows[here].classList.remove("is-here");
  here = Math.max(0, Math.min(place, rows.length - 1));
  const row = rows[here];
  row.classList.add("is-here");
  one("[data-open]", row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  sessionStorage.setItem(ROW, String(here));
  if (sessionStorage.getItem(SHUT) !== "yes") show(row);
}

// --- the line next to the list

const pane = one("[data-pane]");
let turn = 0, waits = 0;

const hasRoom = () => pane && WIDE.matches;
const shows = (row) => pane && !pane.hidden && row && pane.dataset.item === row.dataset.item;

function show(row, then) {
  if (!hasRoom()) return;
  clearTimeout(waits);
  if (shows(row)) { if (then) then(); return; }
  waits = setTimeout(() => load(row, then), then ? 0 : PAUSE);
}

async function load(row, then) {
  const mine = ++turn, link = one("[data-open]", row).href;
  pane.hidden = false;
  one(".desk").classList.add("is-split");
  pane.setAttribute("aria-busy", "true");
  one("[data-state]", pane).textContent = "Loading…";
  one("[data-whole]", pane).href = link;
  let found = null;
  try {
    const answer = await fetch(link, { credentials: "same-origin" });
    if (answer.ok) found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-opened]");
  } catch { /* told below */ }
  if (mine !== turn) return;
  pane.dataset.item = row.dataset.item;
  pane.removeAttribute("aria-busy");
  one("[data-state]", pane).textContent = found ? "" : "This line could not be read. Open it as a page.";
  one("[data-body]", pane).replaceChildren(...(found ? [document.adoptNode(found)] : []));
  pane.scrollTop = 0;
  all("form.decide", pane).forEach(wire);
  at(row.dataset.item);
  if (rows[here]) rows[here].scrollIntoView({ block: "nearest" });
  if (then) then();
}

// The address names the line, so that a page loaded again shows it again.
function at(item) {
  const address = new URL(window.location.href);
  if (item) address.searchParams.set("item", item); else address.searchParams.delete("item");
  history.replaceState(null, "", address);
}

function shut() {
  if (!pane || pane.hidden) return;
  turn += 1;
  clearTimeout(waits);
  pane.hidden = true;
  delete pane.dataset.item;
  one(".desk").classList.remove("is-split");
  sessionStorage.setItem(SHUT, "yes");
  at("");
  if (rows[here]) one("[data-open]", rows[here]).focus();
}

if (pane) {
  one("[data-shut]", pane).addEventListener("click", shut);
  rows.forEach((row, place) => one("[data-open]", row).addEventListener("click", (event) => {
    if (!hasRoom() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    sessionStorage.removeItem(SHUT);
    if (place !== here) go(place);
    // Who opens it by keyboard goes on reading there; who points at it has it before their eyes.
    show(row, () => { if (!event.detail) one("h1", pane)?.focus(); });
  }));
}

rows.forEach((row, place) => row.addEventListener("focusin", () => {
  if (place === here) return;
  if (rows[here]) rows[here].classList.remove("is-here");
  here = place;
  row.classList.add("is-here");
}));

// After a decision the next line stands where the decided one stood; else the line that the address names.
const named = new URL(window.location.href).searchParams.get("item");
const place = named === null ? -1 : rows.findIndex((row) => row.dataset.item === named);
if (rows.length && one("main > [role=status]")) go(Number(sessionStorage.getItem(ROW)) || 0);
else if (place >= 0) go(place);

// --- marking lines for a bulk decision

function count() {
  const marked = all("[name=item]:checked"), every = one("[data-every]");
  const whole = every && every.checked;
  const cents = marked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  one("[data-marked]").textContent = whole ? Number(every.dataset.linesAll).toLocaleString("en-US") : marked.length;
  one("[data-sum]").textContent = dollars(whole ? Number(every.dataset.centsAll) : cents);
  all(".bulk button").forEach((button) => { button.disabled = !whole && !marked.length; });
}

if (one(".bulk")) {
  one("[data-lines]").addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      all("[name=item], [data-group]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-group]")) {
      all("[name=item]", event.target.closest("tbody")).forEach((box) => { box.checked = event.target.checked; });
    }
    count();
  });
  count();
}

// --- the form of a decision: only the fields of its choice, and the last reason given for it

function wire(form) {
  const fit = () => {
    const chosen = one("[name=choice]:checked", form), choice = chosen ? chosen.value : "";
    all("[data-for]", form).forEach((part) => { part.hidden = part.dataset.for !== choice; });
    one("[name=reason_code]", form).required = choice === "reject";
    const words = one("[name=because]", form);
    if (!words.value || words.dataset.isOld) {
      words.value = sessionStorage.getItem(mine(choice)) || "";
      words.dataset.isOld = "yes";
    }
  };
  form.addEventListener("change", (event) => { if (event.target.name === "choice") fit(); });
  one("[name=because]", form).addEventListener("input", (event) => { delete event.target.dataset.isOld; });
  form.addEventListener("submit", () => {
    const chosen = one("[name=choice]:checked", form);
    sessionStorage.setItem(mine(chosen.value), one("[name=because]", form).value);
    one("button.main", form).disabled = true;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.name === "because" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  fit();
  form.fit = fit;
}
all("form.decide").forEach(wire);

function decide(choice) {
  const row = rows[here < 0 ? 0 : here];
  const isOpen = shows(row), dialog = isOpen ? null : one("#decide");
  const form = one("form.decide", isOpen ? pane : dialog || document);
  const box = form && one(`[name=choice][value=${choice}]`, form);
  if (!box) return;
  if (dialog) {
    if (!row) return;
    go(rows.indexOf(row));
    const may = row.dataset.may.split(" ");
    all("[name=choice]", form).forEach((radio) => { radio.disabled = !may.includes(radio.value); });
    one("[name=seen]", form).value = row.dataset.seen;
    one("[data-what]", dialog).textContent = row.dataset.say;
  }
  if (!box.disabled) box.checked = true;
  form.fit();
  if (dialog) dialog.showModal();
  const first = choice === "reject" && !box.disabled ? "[name=reason_code]" : "[name=because]";
  one(first, form).focus();
}

// --- dialogs

all("[data-close]").forEach((button) => {
  const dialog = button.closest("dialog");
  if (dialog) button.addEventListener("click", () => dialog.close()); else button.hidden = true;
});
all("[data-help]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => one("#keys").showModal());
});
// The frame that Airflow puts the desk in lets no page print, nor open a tab by a plain click.
const isFramed = window.top !== window.self;
all("[data-framed]").forEach((words) => { words.hidden = !isFramed; });
all("[data-print]").forEach((button) => {
  button.hidden = isFramed;
  button.addEventListener("click", () => window.print());
});
const keysOff = one("[data-keys-off]");
if (keysOff) {
  keysOff.checked = localStorage.getItem(KEYS_OFF) === "yes";
  keysOff.addEventListener("change", () => localStorage.setItem(KEYS_OFF, keysOff.checked ? "yes" : "no"));
}

// --- filters apply at once, and the list stands without a button for them

const filters = one("[data-filters]");
if (filters) {
  one("[data-show]", filters).hidden = true;
  filters.addEventListener("change", (event) => { if (event.target.matches("select")) filters.requestSubmit(); });
}

// --- to a page, a kind or a case by its name

const goTo = one("#go");
if (goTo) {
  const places = all("li", goTo), box = one("[name=search]", goTo);
  const seen = () => places.filter((item) => !item.hidden).map((item) => one("a", item));
  const narrow = () => {
    const words = box.value.toLowerCase().trim();
    // Without a word the pages; kinds are many and are looked for by name.
    places.forEach((item) => {
      item.hidden = words ? !item.textContent.toLowerCase().includes(words) : one(".quiet", item) !== null;
    });
  };
  box.addEventListener("input", narrow);
  one("form", goTo).addEventListener("submit", (event) => {
    if (!box.value.trim()) event.preventDefault();
    else if (seen().length) { event.preventDefault(); seen()[0].click(); }
  });
  goTo.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [box, ...seen()];
    stops[Math.max(0, Math.min(stops.indexOf(document.activeElement) + step, stops.length - 1))].focus();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k" && !one("dialog[open]")) {
      event.preventDefault();
      box.value = "";
      narrow();
      goTo.showModal();
      box.focus();
    }
  });
}

// --- keys

function kind(step) {
  // Where no kind is chosen, the first link, which is all of them, counts as where the reader is.
  const kinds = all("[data-kinds] a");
  const now = Math.max(0, kinds.findIndex((link) => link.getAttribute("aria-current")));
  if (kinds[now + step]) kinds[now + step].click();
}

function decideMarked(choice) {
  const button = one(`.bulk button[value=${choice}]`);
  if (button && !button.disabled) button.click();
}

const follow = (what) => { const link = one(what); if (link) link.click(); };
const KEYS = {
  j: () => go(here + 1),
  k: () => go(here - 1),
  o: () => { if (rows[here < 0 ? 0 : here]) window.location.assign(one("[data-open]", rows[here < 0 ? 0 : here]).href); },
  Escape: shut,
  x: () => { const box = rows[here] && one("[name=item]", rows[here]); if (box) box.click(); },
  X: () => { const box = one("[data-all]"); if (box) box.click(); },
  A: () => decideMarked("approve"),
  H: () => decideMarked("hold"),
  R: () => decideMarked("reject"),
  "[": () => kind(-1),
  "]": () => kind(1),
  a: () => decide("approve"),
  h: () => decide("hold"),
  r: () => decide("reject"),
  u: () => follow("[data-back]"),
  l: () => follow("[data-nav=list]"),
  t: () => follow("[data-nav=tonight]"),
  n: () => follow("[rel=next]"),
  p: () => follow("[rel=prev]"),
  "/": () => { const search = one("[data-search]"); if (search) search.focus(); },
  "?": () => { const keys = one("#keys"); if (keys) keys.showModal(); },
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && pane && pane.contains(event.target) && event.target.closest("form")) {
    event.preventDefault();
    one("[data-open]", rows[here]).focus();
    return;
  }
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea");
  if (event.ctrlKey || event.altKey || event.metaKey || typing || one("dialog[open]")) return;
  const act = KEYS[event.key];
  if (!act || (event.key !== "?" && localStorage.getItem(KEYS_OFF) === "yes")) return;
  event.preventDefault();
  act();
});
