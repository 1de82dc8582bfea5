"use strict";
// Looks at a page once it is there and leaves a verdict in it: one line for
// each thing that is wrong, and that it got to the end.
const wrong = [];
addEventListener("error", (e) => wrong.push("error: " + e.message));
document.addEventListener("securitypolicyviolation", (e) => wrong.push("request: " + e.blockedURI));

const boxOf = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
};
const named = (element) => element.tagName + "." + element.className + " " + element.textContent.trim().slice(0, 40);
const visible = (element) => element.getClientRects().length > 0;

// Text stays in the window, and in the box that it belongs to.
function textsFit() {
  if (document.scrollingElement.scrollWidth > innerWidth) wrong.push("the page is wider than the window");
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
  for (const e of [...document.body.querySelectorAll("*")].filter((e) => own(e) && visible(e))) {
    if (["SCRIPT", "STYLE"].includes(e.tagName)) continue;
    const text = boxOf(e);
    const around = e.closest("figure, td, th, article, .figures, section, header, footer").getBoundingClientRect();
    const scrolls = e.closest(".figures table"); // in its own box
    if (!scrolls && (text.left < -0.5 || text.right > innerWidth + 0.5)) wrong.push("outside of the window: " + named(e));
    if (text.left < around.left - 1 || text.right > around.right + 1) wrong.push("outside of its box: " + named(e));
  }
}

// Labels of one axis, or marks of one chart, do not cover each other.
function labelsApart() {
  for (const parent of document.querySelectorAll(".rows, .times, thead tr")) {
    const boxes = [...parent.children].filter(visible).map(boxOf);
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) wrong.push("covered: " + named(parent));
    }));
  }
}

// The arrow keys show a value of each line, within the window.
function keysShowValues() {
  for (const figure of document.querySelectorAll(".chart")) {
    const output = figure.querySelector("output");
    const lines = figure.querySelectorAll("path").length;
    figure.focus({preventScroll: true});
    for (const key of ["ArrowRight", "ArrowRight", "End", "ArrowLeft", "Home"]) {
      figure.dispatchEvent(new KeyboardEvent("keydown", {key}));
      const box = output.getBoundingClientRect();
      if (output.hidden || output.children.length !== lines + 1) wrong.push("no values: " + named(figure));
      if (box.left < 0 || box.right > innerWidth) wrong.push("values outside of the window: " + named(output));
      if (/NaN|undefined|Infinity/.test(output.textContent)) wrong.push("no number: " + output.textContent);
    }
    figure.blur();
    if (!output.hidden) wrong.push("values stay: " + named(figure));
  }
}

addEventListener("load", () => {
  textsFit();
  labelsApart();
  keysShowValues();
  for (const entry of performance.getEntriesByType("resource")) wrong.push("request: " + entry.name);
  const verdict = document.createElement("pre");
  verdict.id = "verdict";
  verdict.textContent = [...new Set(wrong), "inspected", ""].join("\n");
  document.body.append(verdict);
});
