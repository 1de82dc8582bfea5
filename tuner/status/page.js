"use strict";
// Keeps the page as things are: it is asked for again now and then, and what has
// changed takes the place of what was there, so that focus, scrolling and what is
// typed stay.
const live = document.getElementById("live");
let shown = "";
let next = 0;

// become makes a node like another one.
function become(node, other) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== other.data) node.data = other.data;
    return;
  }
  for (const {name} of [...node.attributes]) if (!other.hasAttribute(name)) node.removeAttribute(name);
  for (const {name, value} of [...other.attributes]) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  const keyed = new Map([...node.children].filter((c) => c.dataset.key).map((c) => [c.dataset.key, c]));
  let at = node.firstChild;
  for (const wanted of [...other.childNodes]) {
    const key = wanted.dataset?.key;
    let child = key ? keyed.get(key) : at;
    if (!child || child.nodeName !== wanted.nodeName || child.dataset?.key !== key) {
      child = document.importNode(wanted, true);
    } else {
      if (child === at) at = at.nextSibling;
      become(child, wanted);
    }
    if (child.nextSibling !== at || child.parentNode !== node) node.insertBefore(child, at);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function replace(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (other) become(part, other);
  }
}

function say(text, lost) {
  if (live.textContent !== text) live.textContent = text;
  live.className = lost ? "lost" : "";
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, {cache: "no-cache", signal: AbortSignal.timeout(10000)});
      if (!answer.ok) throw new Error(answer.status === 404 ? "what this page shows is gone" : "the tuner answers " + answer.status);
      const text = await answer.text();
      if (text !== shown) replace(text);
      shown = text;
      say("Live", false);
    } catch (e) {
      say("Old: " + (e instanceof TypeError || e.name === "TimeoutError" ? "the tuner does not answer" : e.message), true);
    }
  }
  clearTimeout(next);
  next = setTimeout(refresh, live.dataset.every * 1000);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();
