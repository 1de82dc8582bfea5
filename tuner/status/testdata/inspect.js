// Looks at a page and returns what is wrong with it, a line for each thing.
(() => {
  const wrong = [];
  const visible = (e) => e.getClientRects().length > 0;
  const named = (e) => e.tagName + "." + (e.getAttribute("class") ?? "") + " " + e.textContent.trim().slice(0, 40);

  if (document.scrollingElement.scrollWidth > innerWidth) wrong.push("the page is wider than the window: " + document.scrollingElement.scrollWidth);

  // Contrast as WCAG 2 has it, of each text against what is behind it.
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if ((numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  for (const e of [...document.body.querySelectorAll("*")].filter(visible)) {
    if (["SCRIPT", "STYLE", "NOSCRIPT", "title"].includes(e.tagName)) continue;
    const drawn = e.tagName === "path";
    if (!drawn && !own(e)) continue;
    const style = getComputedStyle(e);
    const ratio = contrast(drawn ? style.stroke : style.color, behind(e));
    if (ratio < (drawn ? 3 : 4.5)) wrong.push("contrast " + ratio.toFixed(2) + ": " + named(e));
    const box = e.getBoundingClientRect();
    const aside = e.closest(".jump, thead"); // for those who do not look
    if (!aside && (box.left < 0 || box.right > innerWidth + 0.5)) wrong.push("outside of the window: " + named(e));
  }

  // Tables are tables, also where they look like cards; charts and inputs have names.
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) wrong.push("a table without a caption");
    for (const row of table.tBodies[0].rows) {
      if (row.cells.length !== table.tHead.rows[0].cells.length) wrong.push("cells missing: " + named(row));
      if (!row.querySelector("th[scope=row]")) wrong.push("no head: " + named(row));
    }
    for (const e of table.querySelectorAll("tr, th, td")) if (!e.getAttribute("role")) wrong.push("no role: " + named(e));
  }
  for (const svg of document.querySelectorAll("svg")) if (!svg.getAttribute("aria-label")) wrong.push("a chart without a name");
  for (const input of document.querySelectorAll("input:not([type=hidden])")) if (!input.labels.length) wrong.push("an input without a label");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one heading");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id twice");
  for (const entry of performance.getEntriesByType("resource")) if (!entry.name.startsWith(location.origin + "/")) wrong.push("request: " + entry.name);
  return [...new Set(wrong)].join("\n");
})()
