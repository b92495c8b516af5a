// The live cluster: what the kernel sent, and buttons that ask it. All text reaches the page as text nodes.

const SECONDS = 2;
const LIVE = ["starting", "running"];

const STYLE = {
  root: "font-family: var(--jp-ui-font-family, sans-serif); font-size: var(--jp-ui-font-size1, 13px);" +
    "color: var(--jp-ui-font-color1, CanvasText); padding: 4px 0",
  bar: "display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 6px",
  button: "min-width: 28px; height: 26px; padding: 0 8px; cursor: pointer; color: inherit; border-radius: 2px;" +
    "border: 1px solid var(--jp-border-color1, #8888); background: var(--jp-layout-color1, Canvas); font: inherit",
  table: "border-collapse: collapse",
  cell: "text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--jp-border-color2, #8884)",
  track: "display: inline-block; width: 120px; height: 8px; vertical-align: middle; margin-right: 8px;" +
    "background: var(--jp-layout-color3, #8884); border-radius: 4px; overflow: hidden",
  problem: "color: var(--jp-error-color1, #b00020)",
};

function element(tag, style, text) {
  const made = document.createElement(tag);
  if (style) made.style.cssText = style;
  if (text !== undefined) made.textContent = text;
  return made;
}

function bytes(count) {
  return count >= 1024 ** 3 ? `${(count / 1024 ** 3).toFixed(1)} GiB` : `${Math.round(count / 1024 ** 2)} MiB`;
}

function memory(worker) {
  const cell = element("td", STYLE.cell);
  const words = worker.memory_limit
    ? `${bytes(worker.memory)} of ${bytes(worker.memory_limit)}`
    : bytes(worker.memory);
  if (worker.memory_limit) {
    const share = Math.min(1, worker.memory / worker.memory_limit);
    const color = share > 0.8 ? "var(--jp-warn-color1, #d97706)" : "var(--jp-brand-color1, #1976d2)";
    const track = element("span", STYLE.track);
    track.setAttribute("role", "meter");
    track.setAttribute("aria-label", `Memory of ${worker.name}`);
    track.setAttribute("aria-valuemin", "0");
    track.setAttribute("aria-valuemax", "100");
    track.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    track.setAttribute("aria-valuetext", words);
    track.append(element("span", `display: block; height: 100%; width: ${share * 100}%; background: ${color}`));
    cell.append(track);
  }
  cell.append(document.createTextNode(words));
  return cell;
}

function fill(body, workers) {
  body.replaceChildren(...workers.map((worker) => {
    const row = element("tr");
    const name = element("th", `${STYLE.cell}; font-weight: normal`, worker.name);
    name.scope = "row";
    row.append(name, memory(worker), element("td", STYLE.cell, `${Math.round(worker.cpu)} %`),
      element("td", STYLE.cell, String(worker.executing)));
    return row;
  }));
}

function render({ model, el }) {
  const root = element("section", STYLE.root);
  const title = element("strong");
  const status = element("span");
  status.setAttribute("role", "status");
  const problem = element("span", STYLE.problem);
  problem.setAttribute("role", "alert");
  const fewer = element("button", STYLE.button, "−");
  fewer.setAttribute("aria-label", "One worker fewer");
  const more = element("button", STYLE.button, "+");
  more.setAttribute("aria-label", "One worker more");
  const stop = element("button", STYLE.button, "Stop");
  const keep = element("button", STYLE.button, "Keep it");
  for (const button of [fewer, more, stop, keep]) button.type = "button";

  const table = element("table", STYLE.table);
  const head = element("tr");
  for (const name of ["Worker", "Memory", "CPU", "Tasks now"]) {
    const cell = element("th", STYLE.cell, name);
    cell.scope = "col";
    head.append(cell);
  }
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  table.append(top, body);
  const bar = element("div", STYLE.bar);
  bar.append(title, status, fewer, more, stop, keep, problem);
  root.append(bar, table);
  el.append(root);

  let asked = false; // "Stop" was pressed once

  const draw = () => {
    const cluster = model.get("cluster");
    const busy = model.get("busy");
    const live = LIVE.includes(cluster.state);
    const running = cluster.state === "running";
    root.setAttribute("aria-label", `Cluster ${cluster.name}`);
    title.textContent = `Cluster ${cluster.name}`;
    const count = running ? `, ${cluster.workers.length} worker${cluster.workers.length === 1 ? "" : "s"}` : "";
    const words = busy || [`${cluster.state}${count}`, cluster.message].filter(Boolean).join(". ");
    if (status.textContent !== words) status.textContent = words; // a screen reader reads each change
    if (problem.textContent !== model.get("problem")) problem.textContent = model.get("problem");
    fewer.hidden = more.hidden = !running;
    stop.hidden = !live;
    keep.hidden = !live || !asked;
    fewer.disabled = Boolean(busy) || cluster.wanted <= 1;
    more.disabled = stop.disabled = Boolean(busy);
    stop.textContent = asked ? "Stop it and lose its results" : "Stop";
    table.hidden = cluster.workers.length === 0;
    table.setAttribute("aria-label", `Workers of ${cluster.name}`);
    fill(body, cluster.workers);
  };

  const scale = (by) => model.send({ action: "scale", workers: model.get("cluster").wanted + by });
  fewer.addEventListener("click", () => scale(-1));
  more.addEventListener("click", () => scale(1));
  keep.addEventListener("click", () => {
    asked = false;
    draw();
    stop.focus();
  });
  stop.addEventListener("click", () => {
    if (asked) model.send({ action: "stop" });
    asked = !asked;
    draw();
    if (asked) keep.focus();
  });

  // Ask only while somebody can see it, and never twice before an answer: a busy kernel would find a queue.
  let visible = false;
  let waiting = false;
  const answered = () => {
    waiting = false;
  };
  const observer = new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
  });
  observer.observe(root);
  const timer = setInterval(() => {
    const live = LIVE.includes(model.get("cluster").state);
    if (!visible || document.hidden || waiting || model.get("busy") || !live) return;
    waiting = true;
    model.send({ action: "refresh" });
  }, SECONDS * 1000);

  model.on("msg:custom", answered);
  for (const name of ["cluster", "busy", "problem"]) model.on(`change:${name}`, draw);
  draw();

  return () => {
    clearInterval(timer);
    observer.disconnect();
    model.off("msg:custom", answered);
    for (const name of ["cluster", "busy", "problem"]) model.off(`change:${name}`, draw);
  };
}

export default { render };
