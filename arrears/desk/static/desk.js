// What the keyboard does on the desk. Every page also works without it.
"use strict";

const one = (what, from = document) => from.querySelector(what);
const all = (what, from = document) => [...from.querySelectorAll(what)];
const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
const KEYS_OFF = "arrears keys off", ROW = "arrears row", REASON = "arrears reason ";
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
}

rows.forEach((row, place) => row.addEventListener("focusin", () => {
  if (place === here) return;
  if (rows[here]) rows[here].classList.remove("is-here");
  here = place;
  row.classList.add("is-here");
}));

// After a decision the next line stands where the decided one stood.
if (rows.length && one("main [role=status]")) go(Number(sessionStorage.getItem(ROW)) || 0);

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
      all("[name=item]").forEach((box) => { box.checked = event.target.checked; });
    }
    count();
  });
  count();
}

// --- the form of a decision: only the fields of its choice, and the last reason given for it

all("form.decide").forEach((form) => {
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
});

function decide(choice) {
  const dialog = one("#decide"), form = one("form.decide");
  const box = form && one(`[name=choice][value=${choice}]`, form);
  if (!box) return;
  if (dialog) {
    const row = rows[here < 0 ? 0 : here];
    if (!row) return;
    go(rows.indexOf(row));
    const may = row.dataset.may.split(" ");
    all("[name=choice]", form).forEach((radio) => { radio.disabled = !may.includes(radio.value); });
    one("[name=seen]", form).value = row.dataset.seen;
    one("[data-what]", dialog).textContent = one("[data-open]", row).textContent;
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
  o: () => { if (rows[here < 0 ? 0 : here]) one("[data-open]", rows[here < 0 ? 0 : here]).click(); },
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
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea");
  if (event.ctrlKey || event.altKey || event.metaKey || typing || one("dialog[open]")) return;
  const act = KEYS[event.key];
  if (!act || (event.key !== "?" && localStorage.getItem(KEYS_OFF) === "yes")) return;
  event.preventDefault();
  act();
});
