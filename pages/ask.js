// The ask tab. The conversation lives here, in the browser: a turn is {question, scope, without, previous, asked}, and
// `server.ask` answers one, `server.replay` many. `element` is the tab.
const { t, store, link, call, copy, save, sends } = window.chengwen;
const KEPT = 30;
const FIELDS = { cities: "city", years: "year", kinds: "kind" };
const box = element.querySelector("#question textarea");
const feed = element.querySelector("#feed");
const status = element.querySelector("#status");
const tools = element.querySelector("#conversation");
const scope = { cities: [], years: [], kinds: [] };
let turns = [];

// Filters
const filters = element.querySelector("#filters");
const chosen = filters.querySelector(".chosen");
const drawFilters = () => {
  chosen.replaceChildren(...Object.keys(scope).flatMap((field) => scope[field].map((value) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip drop";
    chip.ariaLabel = chip.title = t("filter_drop", { name: value });
    chip.append(field === "kinds" ? t(value) : shownName(value), Object.assign(document.createElement("span"), { textContent: "×", ariaHidden: "true" }));
    chip.addEventListener("click", () => setFilter(field, scope[field].filter((v) => v !== value)));
    return chip;
  })));
  filters.querySelector(".clear").hidden = !Object.values(scope).flat().length;
  if (Object.values(scope).flat().length) filters.open = true;
};
const options = Object.fromEntries([...filters.querySelectorAll("#cities-list option")].map((o) => [o.value, o.dataset.city]));
const shownName = (city) => Object.keys(options).find((name) => options[name] === city) ?? city;
const setFilter = (field, values) => {
  scope[field] = [...new Set(values)];
  link.set({ [FIELDS[field]]: scope[field] });
  drawFilters();
};
const addCity = () => {
  const input = filters.querySelector("#filter-cities");
  const city = options[input.value.trim()];
  if (city) { setFilter("cities", [...scope.cities, city]); input.value = ""; }
};
filters.querySelector("#filter-cities").addEventListener("input", addCity);
filters.querySelector("#filter-cities").addEventListener("keydown", (event) => { if (sends(event)) { event.preventDefault(); addCity(); } });
for (const [field, id] of [["years", "#filter-years"], ["kinds", "#filter-kinds"]]) {
  const select = filters.querySelector(id);
  select.addEventListener("change", () => { if (select.value) setFilter(field, [...scope[field], select.value]); select.value = ""; });
}
filters.querySelector(".clear").addEventListener("click", () => Object.keys(scope).forEach((field) => setFilter(field, [])));

// Turns
const keep = () => {
  store.write("turns", turns.slice(-KEPT));
  tools.hidden = !turns.length;
  link.set({ q: turns.length ? turns[turns.length - 1].question : "" });
};
const bare = ({ question, scope, without, previous }) => ({ question, scope, without, previous });
const card = (turn, found) => {
  const shown = document.createElement("article");
  shown.className = "exchange";
  const head = Object.assign(document.createElement("h3"), { className: "question", textContent: turn.question });
  shown.append(head);
  shown.insertAdjacentHTML("beforeend", found.error ? "" : found.html);
  if (found.error) shown.append(Object.assign(document.createElement("p"), { className: "failed", textContent: found.error }));
  shown.turn = turn;
  return shown;
};
const before = (number) => {
  const last = turns[number];
  return last ? { question: last.asked ?? last.question, without: last.without ?? [] } : null;
};
const ask = async (question, own = {}) => {
  question = question.trim();
  if (!question) return;
  const turn = { question, scope: structuredClone(scope), without: [], previous: before(turns.length - 1), ...own };
  status.textContent = t("working");
  const found = await call(server, "ask", turn);
  status.textContent = "";
  turn.asked = found.asked;
  feed.prepend(card(turn, found));
  if (!found.error) { turns.push(turn); keep(); }
  box.value = "";
  grow();
};
// The same question without one thing that was understood; its card is replaced where it stands.
const drop = async (shown, field, value) => {
  const old = shown.turn;
  const state = JSON.parse(shown.querySelector(".asked").dataset.state).scope;
  const left = (state[field] ?? []).map(String).filter((v) => v !== value && value);
  const without = [...new Set([...(old.without ?? []), ...(left.length || field === "kinds" ? [] : [field])])];
  const given = { ...old.scope };
  if (field !== "tense") given[field] = left;
  if (scope[field]?.includes(value)) setFilter(field, scope[field].filter((v) => v !== value));
  const turn = { ...old, question: old.asked ?? old.question, scope: given, without, previous: null };
  const found = await call(server, "ask", turn);
  turn.asked = found.asked;
  const place = turns.indexOf(old);
  if (place >= 0 && !found.error) { turns[place] = turn; keep(); }
  const fresh = card(turn, found);
  shown.replaceWith(fresh);
  fresh.querySelector(".chip.drop, .link")?.focus();
};

feed.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const shown = button.closest(".exchange");
  const state = () => JSON.parse(shown.querySelector(".asked").dataset.state);
  const act = {
    open() {
      const hits = [...shown.querySelectorAll(".hit")];
      window.chengwen.openReport(hits.map((hit) => hit.dataset.spot), hits.indexOf(button.closest(".hit")), button);
    },
    cite: () => copy(button),
    ask: () => ask(button.dataset.text),
    replace: () => ask(button.dataset.text, { previous: null }),
    place: () => ask(state().asked, { scope: { ...shown.turn.scope, cities: [button.dataset.value] }, without: ["cities"], previous: null }),
    drop: () => drop(shown, button.dataset.field, button.dataset.value),
    compare: () => window.chengwen.compare(button.dataset.text),
    async judge() {
      const found = await call(server, "judge", { turn: bare(shown.turn), verdict: button.dataset.verdict });
      for (const thumb of shown.querySelectorAll(".thumb")) thumb.ariaPressed = String(!found.error && thumb === button);
      shown.querySelector(".verdict .note").textContent = found.error ?? t("thanks");
    },
  };
  await act[button.dataset.do]?.();
});

// The box: Enter sends, Shift+Enter breaks the line.
const grow = () => { box.style.height = "auto"; box.style.height = Math.min(box.scrollHeight + 2, 160) + "px"; };
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => { if (sends(event)) { event.preventDefault(); ask(box.value); } });
element.querySelector("#ask").addEventListener("click", () => ask(box.value));
element.querySelector("#examples").addEventListener("click", (event) => {
  if (event.target.closest("button")) ask(event.target.closest("button").textContent, { previous: null });
});

tools.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.format) {
    const found = await call(server, "take", { turns: turns.map(bare), format: button.dataset.format });
    if (found.error) status.textContent = found.error;
    else save(found);
  } else if (button.id === "forget" && confirm(t("forget_sure"))) {
    turns = [];
    feed.replaceChildren();
    keep();
  }
});
window.chengwen.questions = () => turns.map((turn) => turn.asked ?? turn.question);
window.chengwen.present = (question) => call(server, "present", { question });

// What the address and the last visit left.
const begin = async () => {
  for (const [field, key] of Object.entries(FIELDS)) scope[field] = link.all(key);
  drawFilters();
  const asked = link.get("q");
  const old = store.read("turns", []).filter((turn) => typeof turn?.question === "string");
  if (old.length) {
    const found = await call(server, "replay", { turns: old.map(bare) });
    if (!found.error) {
      turns = old;
      found.answers.forEach((answer, number) => { turns[number].asked = answer.asked; feed.prepend(card(turns[number], answer)); });
      tools.hidden = !turns.length;
    }
  }
  const same = (turn) => turn.question === asked && Object.keys(scope).every((f) => JSON.stringify((turn.scope?.[f] ?? []).map(String)) === JSON.stringify(scope[f]));
  if (asked && !(turns.length && same(turns[turns.length - 1]))) await ask(asked, { previous: null });
  element.dataset.ready = "true";
  if (link.get("mode") === "meeting") window.chengwen.meet();
};
begin();
