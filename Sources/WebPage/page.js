// Shows what /events tells. Whatever comes from outside is put in as text, never as markup.
"use strict";

const byID = (id) => document.getElementById(id);
const modules = new Map();
const logLimit = 50;
let bridge = { may_act: false, modules: [] };
let token = sessionStorage.getItem("token") || "";

const moods = {
  ready: "good", asleep: "good", starting: "busy", attaching: "busy", registering: "busy", updating: "busy",
  offline: "bad", failed: "bad", stopped: "",
};

// Time

function clock(date) {
  const time = new Date(date);
  const today = new Date().toDateString() === time.toDateString();
  return today ? time.toLocaleTimeString() : time.toLocaleString();
}

function age(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

// What comes

function connect() {
  const events = new EventSource("events");
  events.addEventListener("bridge", (event) => showBridge(JSON.parse(event.data)));
  events.addEventListener("module", (event) => receive(JSON.parse(event.data)));
  events.onopen = () => chip("link", "live", "good");
  events.onerror = () => {
    chip("link", "no connection to the bridge", "bad");
    // The browser comes again by itself, unless it was refused.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  };
}

function chip(id, text, mood) {
  const element = byID(id);
  element.hidden = false;
  element.textContent = text;
  element.className = `chip ${mood}`;
}

function showBridge(news) {
  bridge = news;
  byID("version").textContent = news.version;
  chip("broker", news.connected ? `broker ${news.broker}` : "broker not connected", news.connected ? "good" : "bad");
  chip("store", news.store === null ? "store writable" : news.store, news.store === null ? "good" : "bad");
  byID("token-form").hidden = !news.may_act || token !== "";
  const names = new Set(news.modules);
  for (const [name, module] of modules) {
    if (names.has(name)) continue;
    module.row.remove();
    modules.delete(name);
  }
  byID("empty").hidden = news.modules.length > 0;
  byID("empty").textContent = "There is no module in the configuration.";
  for (const module of modules.values()) showActions(module);
  summarize();
}

function receive(news) {
  let module = modules.get(news.name);
  if (!module) {
    module = { name: news.name, messages: [], events: [], row: makeRow(news.name) };
    modules.set(news.name, module);
    place(module);
    module.isWanted = location.hash === `#module-${news.name}`;
  }
  Object.assign(module, { status: news.status, firmware: news.firmware, allowAT: news.allow_at });
  for (const entry of news.log) remember(module, entry);
  showRow(module);
  if (module.isWanted) {
    module.isWanted = false;
    module.row.open = true;
    module.row.scrollIntoView();
  }
  if (module.row.open) showInside(module);
  filter(module);
  summarize();
}

function remember(module, entry) {
  const list = entry.kind === "up" || entry.kind === "down" ? module.messages : module.events;
  const index = list.findIndex((old) => old.id === entry.id);
  if (index >= 0) list[index] = entry; else list.push(entry);
  list.sort((a, b) => a.id - b.id);
  if (list.length > logLimit) list.splice(0, list.length - logLimit);
}

// Rows

function makeRow(name) {
  const row = byID("module").content.firstElementChild.cloneNode(true);
  row.id = `module-${name}`;
  row.querySelector(".name").textContent = name;
  row.addEventListener("toggle", () => { if (row.open) showInside(modules.get(name)); });
  return row;
}

function place(module) {
  // In the configuration's order.
  const order = bridge.modules;
  const next = order.slice(order.indexOf(module.name) + 1).map((name) => modules.get(name)).find(Boolean);
  byID("modules").insertBefore(module.row, next ? next.row : null);
}

function put(row, selector, text) {
  const element = row.querySelector(selector);
  if (element.textContent !== text) element.textContent = text;
  return element;
}

function showRow({ row, status, firmware, messages }) {
  put(row, ".state", status.state).className = `state chip ${moods[status.state] ?? ""}`;
  put(row, ".what", [status.platform, status.identity.model].filter(Boolean).join(" · "));
  const dbm = status.network.rssi_dbm;
  const bars = dbm === null ? 0 : dbm >= -85 ? 4 : dbm >= -95 ? 3 : dbm >= -105 ? 2 : 1;
  const signal = row.querySelector(".signal");
  signal.setAttribute("class", `signal s${bars}`);
  signal.setAttribute("aria-label", dbm === null ? "signal unknown" : `signal ${dbm} dBm`);
  put(row, ".dbm", dbm === null ? "–" : `${dbm} dBm`);
  const queue = status.queue;
  const waits = queue.waiting + queue.in_flight;
  put(row, ".queue", waits === 0 ? "queue empty" : `${waits} of ${queue.limit} queued`);
  const last = messages[messages.length - 1];
  put(row, ".last", last ? `${last.kind === "up" ? "↑ up" : "↓ down"} ${clock(last.time)}` : "no messages yet");
  const error = row.querySelector(".error");
  error.hidden = !status.error;
  if (status.error) put(row, ".error", status.error.text + (status.retry_at ? `; next attempt ${clock(status.retry_at)}` : ""));
  const bar = row.querySelector(".firmware");
  bar.hidden = !["downloading", "downloaded", "updating"].includes(firmware.state);
  if (bar.hidden) return;
  const progress = bar.querySelector("progress");
  if (firmware.progress === null) progress.removeAttribute("value"); else progress.value = firmware.progress;
  put(bar, ".step", `firmware ${firmware.state}${firmware.progress === null ? "" : ` ${firmware.progress} %`}`);
}

let summaryTimer;
function summarize() {
  summaryTimer ??= setTimeout(showSummary, 50);
}

function showSummary() {
  summaryTimer = undefined;
  const counts = {};
  for (const { status } of modules.values()) counts[status.state] = (counts[status.state] || 0) + 1;
  const parts = Object.entries(counts).sort().map(([state, count]) => `${count} ${state}`);
  put(document, "#summary", parts.join(", "));
}

function filter(module) {
  const wanted = byID("filter").value.trim().toLowerCase();
  const text = `${module.name} ${module.status.state} ${module.status.platform} ${module.status.identity.model ?? ""}`;
  module.row.hidden = wanted !== "" && !text.toLowerCase().includes(wanted);
}

// The inside of a row that is open

function showInside(module) {
  const inside = module.row.querySelector(".inside");
  if (!inside.firstElementChild) {
    inside.append(byID("inside").content.cloneNode(true));
    prepareActions(module, inside);
  }
  showActions(module);
  showFacts(inside.querySelector(".facts"), module);
  showLog(inside.querySelector(".messages"), module.messages, "No messages since the bridge was started.");
  showLog(inside.querySelector(".events"), module.events, "No events since the bridge was started.");
}

function showFacts(list, { status, firmware }) {
  const identity = status.identity, counters = status.counters, queue = status.queue;
  const facts = [
    ["Since", clock(status.since)], ["Registration", status.registration], ["IP", status.network.ip],
    ["Sleep", status.sleep], ["Model", identity.model], ["Revision", identity.revision], ["IMEI", identity.imei],
    ["IMSI", identity.imsi], ["ICCID", identity.iccid],
    ["Waiting", queue.waiting + (queue.oldest_seconds === null ? "" : `, the oldest ${age(queue.oldest_seconds)}`)],
    ["Accepted", counters.accepted], ["Sent", counters.sent], ["Delivered", counters.delivered],
    ["Failed", counters.failed], ["Expired", counters.expired], ["Rejected", counters.rejected],
    ["Downlinks", counters.downlinks], ["Dropped by the module", counters.dropped_by_module],
    ["Firmware", firmware.state + (firmware.error ? `: ${firmware.error.text}` : "")],
  ];
  const shown = facts.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => {
    const row = document.createElement("div"), term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    row.append(term, text);
    row.classList.toggle("long", `${name} ${value}`.length > 17);
    return row;
  });
  list.replaceChildren(...shown);
}

function showLog(list, entries, nothing) {
  if (entries.length === 0) {
    const item = document.createElement("li");
    item.textContent = nothing;
    return list.replaceChildren(item);
  }
  const old = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const items = entries.toReversed().map((entry) => {
    const key = `${entry.id} ${entry.label}`;
    return old.get(key) ?? makeEntry(entry, key);
  });
  list.replaceChildren(...items);
}

function makeEntry(entry, key) {
  const item = byID("entry").content.firstElementChild.cloneNode(true);
  item.dataset.key = key;
  const time = item.querySelector("time");
  time.dateTime = entry.time;
  time.textContent = clock(entry.time);
  const body = entry.text ?? entry.hex.replace(/(..)/g, "$1 ");
  const shown = entry.text === undefined ? entry.hex.length / 2 : new TextEncoder().encode(entry.text).length;
  const more = entry.size > shown ? ` … ${entry.size} bytes` : "";
  const kinds = { up: "↑ up", down: "↓ down", request: "request", event: "", command: "command" };
  item.querySelector(".kind").textContent = kinds[entry.kind];
  const label = item.querySelector(".label");
  label.textContent = entry.label;
  label.classList.toggle("bad", entry.kind === "up" && /^(failed|rejected|expired)/.test(entry.label));
  item.querySelector(".text").textContent = (entry.kind === "event" ? detail(body) : body) + more;
  return item;
}

function detail(text) {
  try {
    const members = Object.entries(JSON.parse(text).detail);
    return members.map(([name, value]) => `${name} ${value}`).join(", ");
  } catch {
    return text;
  }
}

byID("filter-form").addEventListener("submit", (event) => event.preventDefault());
byID("filter").addEventListener("input", () => { for (const module of modules.values()) filter(module); });
byID("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = byID("token").value.trim();
  byID("token").value = "";
  sessionStorage.setItem("token", token);
  showBridge(bridge);
});
connect();
