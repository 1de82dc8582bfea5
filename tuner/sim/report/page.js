"use strict";
// Values under the pointer, or by the arrow keys of a chart that has the focus.
// They are read back from the lines: what is drawn is all there is.
for (const figure of document.querySelectorAll(".chart")) {
  const {scale, unit, low, high, seconds} = figure.dataset;
  const plot = figure.querySelector(".plot");
  const cursor = figure.querySelector(".cursor");
  const output = figure.querySelector("output");
  const lines = [...figure.querySelectorAll("path")].map((path) => ({
    name: path.dataset.name,
    kind: path.getAttribute("class"),
    points: [...path.getAttribute("d").matchAll(/[ML]([\d.]+),([\d.]+)/g)].map((m) => [+m[1], +m[2]]),
  }));
  const xs = [...new Set(lines.flatMap((l) => l.points.map((p) => p[0])))].sort((a, b) => a - b);
  let at = -1;

  const bend = {linear: (v) => v, log: Math.log, log1: Math.log1p}[scale];
  const unbend = {linear: (v) => v, log: Math.exp, log1: Math.expm1}[scale];
  const value = (y) => unbend(bend(+low) + (1 - y / 1000) * (bend(+high) - bend(+low)));
  const three = (v) => (v === 0 ? "0" : Number(v.toPrecision(3)).toString());
  const text = (v) => {
    if (unit === "%") return three(v * 100) + " %";
    if (unit !== "s") return String(Math.round(v));
    return v < 0.9995e-3 ? three(v * 1e6) + " µs" : v < 0.9995 ? three(v * 1e3) + " ms" : three(v) + " s";
  };
  const time = (x) => {
    const s = Math.round((x / 1000) * +seconds);
    const parts = [[Math.floor(s / 3600), "h"], [Math.floor(s / 60) % 60, "m"], [s % 60, "s"]];
    return parts.filter(([n]) => n).map(([n, u]) => n + u).join("") || "0s";
  };

  const row = (name, kind, told) => {
    const div = document.createElement("div");
    const label = document.createElement("span");
    if (kind) {
      const swatch = document.createElement("i");
      swatch.className = "swatch " + kind;
      label.append(swatch);
    }
    label.append(name);
    div.append(label, told);
    return div;
  };
  const show = (index) => {
    at = Math.max(0, Math.min(xs.length - 1, index));
    const x = xs[at];
    if (x === undefined) return;
    output.replaceChildren(row(time(x), "", ""));
    for (const line of lines) {
      const point = line.points.find((p) => p[0] === x);
      if (point) output.append(row(line.name, line.kind, text(value(point[1]))));
    }
    cursor.hidden = output.hidden = false;
    cursor.style.left = x / 10 + "%";
    const place = plot.offsetLeft + (x / 1000) * plot.offsetWidth;
    const right = place + 12 + output.offsetWidth <= figure.offsetWidth;
    output.style.left = Math.max(0, right ? place + 12 : place - 12 - output.offsetWidth) + "px";
  };
  const hide = () => { cursor.hidden = output.hidden = true; at = -1; };

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 1000;
    let nearest = 0;
    xs.forEach((candidate, i) => { if (Math.abs(candidate - x) < Math.abs(xs[nearest] - x)) nearest = i; });
    show(nearest);
  });
  plot.addEventListener("pointerleave", hide);
  figure.addEventListener("blur", hide);
  figure.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    if (step === undefined) { if (event.key === "Escape") hide(); return; }
    event.preventDefault();
    show(at < 0 && step > 0 && step < 2 ? 0 : at + step);
  });
}
