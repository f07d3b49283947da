// What a page with the token may do.
"use strict";

const commands = [
  ["refresh", "Read everything again"], ["register", "Register"], ["deregister", "Deregister"],
  ["update", "Update the registration", "lifetime", "Lifetime in seconds (may be empty)"],
  ["reboot", "Restart the module"], ["sleep", "Let it sleep"], ["wake", "Wake it"],
  ["firmware/http", "Update firmware by HTTP", "url", "http://…"],
  ["firmware/local", "Install a local package"],
  ["firmware/file", "Download a file for the device", "url", "http://…"],
  ["firmware/decide", "Decide on an update", "action", "download, cancel_download, update or cancel_update"],
  ["firmware/interrupt", "Interrupt an update"],
  ["at", "AT command", "command", "AT+CSQ"],
];

function showActions(module) {
  const actions = module.row.querySelector(".actions");
  if (actions) actions.hidden = !bridge.may_act || token === "";
}

function prepareActions(module, inside) {
  const uplink = inside.querySelector(".uplink"), command = inside.querySelector(".command");
  const choice = command.elements.command, argument = command.querySelector(".argument");
  for (const [name, title] of commands) {
    if (name !== "at" || module.allowAT) choice.add(new Option(`${title} (${name})`, name));
  }
  const wanted = () => commands.find(([name]) => name === choice.value);
  choice.addEventListener("change", () => {
    const [, , key, hint] = wanted();
    argument.hidden = !key;
    argument.querySelector(".field").textContent = hint ?? "";
    command.elements.argument.value = "";
  });
  uplink.addEventListener("submit", (event) => {
    event.preventDefault();
    const { payload, form, confirm } = uplink.elements;
    const body = { [form.value]: payload.value };
    if (confirm.checked) body.confirm = true;
    act(uplink, `modules/${encodeURIComponent(module.name)}/up`, body, "accepted");
  });
  command.addEventListener("submit", (event) => {
    event.preventDefault();
    const [name, , key] = wanted();
    const value = command.elements.argument.value.trim();
    const body = key && value !== "" ? { [key]: key === "lifetime" ? Number(value) : value } : {};
    act(command, `modules/${encodeURIComponent(module.name)}/command/${name}`, body, `${name}: given; its result is among the events`);
  });
}

async function act(form, address, body, success) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(address, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    });
    const text = (await response.text()).trim();
    if (response.status === 401) forgetToken();
    notify(response.ok ? success : text);
  } catch (error) {
    notify(`not sent: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

function forgetToken() {
  token = "";
  sessionStorage.removeItem("token");
  showBridge(bridge);
}

let noticeTimer;
function notify(text) {
  byID("notice").textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { byID("notice").textContent = ""; }, 8000);
}
