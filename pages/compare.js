// The compare tab. `server.compare` gives a comparison as HTML, `server.take` as a file. `element` is the tab.
const { t, link, call, save, sends, show } = window.chengwen;
const box = element.querySelector("#compare-question textarea");
const shown = element.querySelector("#comparison");
const status = element.querySelector(".status");
const files = element.querySelector("#compare-files");
const picked = element.querySelector(".chosen");
const year = element.querySelector("#compare-year");
const input = element.querySelector("#compare-cities");
const options = Object.fromEntries([...element.querySelectorAll("#compare-cities-list option")].map((o) => [o.value, o.dataset.city]));
const shownName = (city) => Object.keys(options).find((name) => options[name] === city) ?? city;
let cities = [], last = null, round = 0;

const order = () => element.querySelector('input[name="order"]:checked').value;
const request = () => ({ question: box.value.trim(), cities, year: year.value, order: order() });
const draw = async () => {
  const asked = request();
  if (!asked.question) return;
  const mine = ++round;
  status.textContent = t("working");
  const found = await call(server, "compare", asked);
  if (mine !== round) return;
  status.textContent = found.error ?? "";
  if (found.error) return;
  last = asked;
  shown.innerHTML = found.html;
  files.hidden = false;
  link.set({ cq: asked.question, ccity: cities, cyear: year.value, order: order() === "report" ? "" : order() });
};
const drawCities = () => picked.replaceChildren(...cities.map((city) => {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip drop";
  chip.ariaLabel = chip.title = t("filter_drop", { name: shownName(city) });
  chip.append(shownName(city), Object.assign(document.createElement("span"), { textContent: "×", ariaHidden: "true" }));
  chip.addEventListener("click", () => { cities = cities.filter((c) => c !== city); drawCities(); draw(); });
  return chip;
}));
const addCity = () => {
  const city = options[input.value.trim()];
  if (!city) return;
  cities = [...new Set([...cities, city])];
  input.value = "";
  drawCities();
  draw();
};
input.addEventListener("input", addCity);
box.addEventListener("keydown", (event) => { if (sends(event)) { event.preventDefault(); draw(); } });
element.querySelector("#compare-ask").addEventListener("click", draw);
year.addEventListener("change", draw);
for (const radio of element.querySelectorAll('input[name="order"]')) radio.addEventListener("change", draw);
element.querySelector("#compare-examples").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) { box.value = button.textContent; draw(); }
});
files.addEventListener("click", async (event) => {
  const format = event.target.closest("button")?.dataset.format;
  if (!format || !last) return;
  const found = await call(server, "take", { ...last, format });
  if (found.error) status.textContent = found.error;
  else save(found);
});
shown.addEventListener("click", (event) => {
  const button = event.target.closest('[data-do="open"]');
  if (!button) return;
  const all = [...shown.querySelectorAll('[data-do="open"]')];
  window.chengwen.openReport(all.map((b) => b.dataset.spot), all.indexOf(button), button);
});
window.chengwen.takeHanded = () => {
  box.value = window.chengwen.handed;
  [cities, year.value] = [[], ""];
  window.chengwen.handed = "";
  drawCities();
  draw();
};
if (window.chengwen.handed) window.chengwen.takeHanded();
else if (link.get("cq")) {
  box.value = link.get("cq");
  cities = link.all("ccity");
  year.value = link.get("cyear");
  const wanted = element.querySelector(`input[name="order"][value="${CSS.escape(link.get("order"))}"]`);
  if (wanted) wanted.checked = true;
  drawCities();
  draw();
}
