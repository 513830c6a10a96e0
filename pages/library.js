// The library tab. `element` holds the frame, `server` the functions of library_tab.py, `upload` sends a file to Gradio.
const root = element.querySelector(".library");
const { kinds, limit, texts } = JSON.parse(root.dataset.library);
const at = (selector) => root.querySelector(selector);
const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const view = { find: "", page: 0, order: "", descending: false, unsure: false };
let round = null; // builds that had ended when the list was drawn
let sending = null; // [done, total] while files are being sent
let about = null; // the report a dialog is about, and the button that opened it

const call = async (name, values = {}) => {
  try { return JSON.parse(await server[name](JSON.stringify(values))); }
  catch { return { error: texts.offline }; }
};

// --- the list

let drawn = 0;
const draw = async () => {
  const mine = ++drawn;
  const answer = await call("list_reports", view);
  if (mine !== drawn) return; // a later wish is under way
  if (answer.error) { at(".list").textContent = answer.error; return; }
  at(".counts").innerHTML = answer.counts;
  const focused = root.contains(document.activeElement) && at(".list").contains(document.activeElement) ? { ...document.activeElement.dataset } : null;
  at(".list").innerHTML = answer.list;
  if (focused && focused.do === "sort") at(`.list [data-column="${focused.column}"]`)?.focus();
  if (focused && focused.do === "page") at(".list nav button:not([disabled])")?.focus();
  const open = at(".left-out details")?.open;
  at(".left-out").innerHTML = answer.leftOut;
  if (open && at(".left-out details")) at(".left-out details").open = true;
  at("datalist").innerHTML = answer.places;
  at(".locked").textContent = answer.locked;
  at(".locked").hidden = !answer.locked;
  at(".add").hidden = at('[data-do="rebuild"]').hidden = Boolean(answer.locked);
};

let typing = null;
at(".find").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => { Object.assign(view, { find: at(".find").value, page: 0 }); draw(); }, 200);
});
at(".only-unsure").addEventListener("change", (event) => { Object.assign(view, { unsure: event.target.checked, page: 0 }); draw(); });

// --- progress: one bar a step; the words change only with the step, so that a screen reader is not flooded

const bar = (step, done, total) => {
  const item = at(`.steps [data-step="${step}"]`);
  const ended = done >= total;
  item.querySelector("progress").max = Math.max(total, 1);
  item.querySelector("progress").value = ended ? Math.max(total, 1) : done;
  item.querySelector(".amount").textContent = total > 1 ? `${done} / ${total}` : ended ? "✓" : "";
  item.classList.toggle("ended", ended);
};
const tell = (text) => { if (at(".work-now").textContent !== text) at(".work-now").textContent = text; };

let ending = null;
const follow = async () => {
  const state = await call("build_state");
  if (state.error) { if (sending || round === null) tell(state.error); return; }
  if (sending) bar("upload", ...sending);
  at('[data-step="upload"]').hidden = !sending && !at('[data-step="upload"]').dataset.used;
  const order = [...root.querySelectorAll(".steps li")].map((item) => item.dataset.step).filter((step) => step !== "upload");
  const reached = order.findLastIndex((step) => step in state.steps);
  order.forEach((step, number) => bar(step, ...(state.steps[step] || (number < reached ? [1, 1] : [0, 1]))));
  const news = round !== null && round !== state.round;
  if (sending || state.running || news) at(".work").hidden = false;
  at(".steps").hidden = !(sending || state.running);
  if (sending) tell(say("adding", { done: sending[0], total: sending[1] }));
  else if (state.running) tell(texts.build_running);
  else if (news) tell(state.failed ? say("build_failed", { reason: state.failed }) : texts.build_done);
  if (sending || state.running) clearTimeout(ending);
  else if (news) ending = setTimeout(() => { at(".work").hidden = true; }, state.failed ? 60_000 : 8_000);
  at(".work").classList.toggle("wrong", Boolean(news && !state.running && state.failed));
  if (round === null || news) { round = state.round; await draw(); }
  if (!sending && !state.running) delete at('[data-step="upload"]').dataset.used;
  return state.running;
};

let timer = null;
const attend = async () => {
  clearTimeout(timer);
  if (!element.isConnected) return;
  const busy = element.offsetParent !== null && !document.hidden ? await follow() : false;
  clearTimeout(timer);
  timer = setTimeout(attend, busy || sending ? 400 : 3000);
};

const change = async (values) => {
  const answer = await call("change_library", values);
  if (!answer.error) attend();
  return answer.error || "";
};

// --- adding

const refuse = (messages) => {
  at(".refused").replaceChildren(...messages.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  at(".refused").hidden = !messages.length;
  at(".refused").scrollIntoView({ block: "nearest" });
};

const send = async (files) => {
  files = files.filter((file) => !/^(\.|~\$)/.test(file.name));
  if (sending || !files.length) return;
  const wrong = [];
  const fits = files.filter((file) => {
    const name = file.name;
    if (!kinds.some((kind) => name.toLowerCase().endsWith(kind))) wrong.push(say("upload_kind", { name }));
    else if (file.size > limit) wrong.push(say("upload_large", { name, limit: limit / 1e6 }));
    else if (!file.size) wrong.push(say("upload_empty", { name }));
    else return true;
    return false;
  });
  refuse(wrong);
  if (!fits.length) return;
  sending = [0, fits.length];
  at('[data-step="upload"]').dataset.used = "yes";
  attend();
  let taken = 0;
  for (const file of fits) {
    try {
      const { path } = await upload(file);
      const { error } = await call("add_file", { path, name: file.name });
      if (error) wrong.push(error); else taken++;
    } catch (error) { wrong.push(`${file.name}: ${error.message || error}`); }
    sending[0]++;
  }
  bar("upload", ...sending);
  sending = null;
  const failed = taken ? await change({ do: "rebuild" }) : "";
  refuse(failed ? [...wrong, failed] : wrong);
  attend();
};

const zone = at(".add");
for (const [button, input] of [["files", ".pick-files"], ["folder", ".pick-folder"]]) {
  at(`[data-do="${button}"]`).addEventListener("click", () => at(input).click());
  at(input).addEventListener("change", () => { send([...at(input).files]); at(input).value = ""; });
}
const inside = async (entry) => {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader(), found = [];
  for (;;) { // a reader gives at most 100 entries at a time
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    for (const one of some) if (!one.name.startsWith(".")) found.push(...await inside(one));
  }
};
document.addEventListener("dragover", (event) => {
  if (!element.isConnected || element.offsetParent === null || zone.hidden) return;
  event.preventDefault(); // a file that misses the zone must not replace the page
  zone.classList.toggle("over", zone.contains(event.target));
});
document.addEventListener("drop", async (event) => {
  if (!element.isConnected || element.offsetParent === null || zone.hidden) return;
  event.preventDefault();
  zone.classList.remove("over");
  if (!zone.contains(event.target)) return;
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? (await Promise.all(entries.map(inside))).flat() : [...event.dataTransfer.files];
  send(files);
});

// --- dialogs; the browser closes them with Esc and keeps the focus inside

const open = (dialog, button) => {
  about = { button, facts: JSON.parse(button.closest("[data-facts]").dataset.facts) };
  dialog.querySelector(".wrong").textContent = "";
  dialog.showModal();
};
for (const dialog of root.querySelectorAll("dialog")) dialog.addEventListener("close", () => { if (about?.button.isConnected) about.button.focus(); });

const done = async (dialog, values) => {
  const error = await change({ id: about.facts.id, ...values });
  if (error) dialog.querySelector(".wrong").textContent = error; else dialog.close();
};

const correcting = at("dialog.correct"), removing = at("dialog.sure");
const form = correcting.querySelector("form");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = {};
  for (const [field, before] of Object.entries(about.facts.values)) {
    const now = form.elements[field].value.trim();
    if (now && now !== String(before)) values[field] = now;
  }
  if (Object.keys(values).length) done(correcting, { do: "correct", values }); else correcting.close();
});
removing.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); done(removing, { do: "remove" }); });

const correct = (button) => {
  open(correcting, button);
  const { facts } = about;
  correcting.querySelector(".about").textContent = `${facts.title} · ${facts.name}`;
  for (const [field, value] of Object.entries(facts.values)) {
    const control = form.elements[field];
    if (control.tagName === "SELECT" && value && ![...control.options].some((o) => o.value === value)) control.add(new Option(value, value));
    control.value = value;
  }
  for (const small of form.querySelectorAll(".evidence")) small.textContent = facts.evidence[small.dataset.field] || "";
  form.querySelector('[data-do="uncorrect"]').hidden = !facts.corrected;
  form.elements.city.focus();
};

root.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const what = button.dataset.do;
  if (what === "sort") {
    const column = button.dataset.column;
    Object.assign(view, { descending: view.order === column && !view.descending, order: column, page: 0 });
    draw();
  } else if (what === "page") { view.page = Number(button.dataset.page); await draw(); at(".tools").scrollIntoView({ block: "start" }); }
  else if (what === "correct") correct(button);
  else if (what === "remove") {
    open(removing, button);
    removing.querySelector(".about").textContent = about.facts.sure;
  } else if (what === "uncorrect") done(correcting, { do: "uncorrect" });
  else if (what === "cancel") button.closest("dialog").close();
  else if (what === "put-back") { const error = await change({ do: "put-back", file: button.dataset.file }); refuse(error ? [error] : []); }
  else if (what === "rebuild") { const error = await change({ do: "rebuild" }); refuse(error ? [error] : []); }
  else if (what === "check") {
    const place = at(".checked");
    place.textContent = texts.checking;
    const answer = await call("check_index");
    place.textContent = answer.error || answer.message;
    if (answer.findings?.length) {
      const list = document.createElement("ul");
      list.append(...answer.findings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
      place.append(list);
    }
  }
});

attend();
