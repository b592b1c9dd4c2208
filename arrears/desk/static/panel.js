// The panel "Tonight" on Airflow's home page: what waits for a person, by state.
globalThis["Tonight"] = function Tonight() {
  const { createElement: make, useEffect, useState } = globalThis.React;
  const [told, tell] = useState(null);
  useEffect(() => {
    fetch(new URL("review/tonight", document.baseURI), { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : { states: [] }))
      .then(tell, () => tell({ states: [] }));
  }, []);
  if (!told || !told.states.length) return null;
  const dollars = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
  const box = { border: "1px solid rgba(128,128,128,.35)", borderRadius: 8, padding: "10px 16px", display: "inline-block", marginRight: 12, marginBottom: 8 };
  const figure = (value, words, isUrgent) => make("span", { key: words, style: { marginRight: 18 } },
    make("strong", { style: isUrgent ? { color: "#c2410c" } : {} }, value), ` ${words}`);
  return make("section", { "aria-label": "Tonight", style: { padding: "4px 0 12px" } },
    make("h2", { style: { fontWeight: 600, margin: "0 0 6px" } }, "Tonight"),
    told.states.map((one) => make("a", { key: one.state, href: new URL(`review/${one.state}/list`, document.baseURI).href, style: { ...box, textDecoration: "none", color: "inherit" } },
      make("div", { style: { opacity: .75, fontSize: 13 } }, `${one.state.toUpperCase()}, night of ${one.as_of}`),
      figure(one.lines.toLocaleString("en-US"), "lines wait"), figure(dollars(one.cents), "at stake"),
      figure(`${Math.round(one.minutes / 60).toLocaleString("en-US")} h`, "of work"),
      one.urgent ? figure(one.urgent.toLocaleString("en-US"), "urgent", true) : null)));
};
