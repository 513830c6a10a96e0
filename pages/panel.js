// The head of the page, and the report beside it. `element` is the head, `server.report` gives a whole report as HTML.
const { t, store, link, look, show, opened, closed, language } = window.chengwen;

const panel = document.createElement("aside");
panel.id = "report-panel";
panel.hidden = true;
panel.tabIndex = -1;
panel.setAttribute("role", "dialog");
panel.setAttribute("aria-label", t("panel"));
panel.innerHTML =
  '<nav class="panel-bar"><button type="button" class="plain" data-go="-1">↑</button><span class="position" aria-live="polite"></span>' +
  '<button type="button" class="plain" data-go="1">↓</button><button type="button" class="plain close"></button></nav><div class="panel-body"></div>';
document.body.appendChild(panel);
const [back, forth] = panel.querySelectorAll("[data-go]");
const position = panel.querySelector(".position");
const body = panel.querySelector(".panel-body");
back.title = back.ariaLabel = t("panel_previous");
forth.title = forth.ariaLabel = t("panel_next");
panel.querySelector(".close").textContent = t("close") + " (Esc)";

let spots = [], at = 0, opener = null;
const close = () => {
  panel.hidden = true;
  closed(close);
  opener?.focus();
};

const go = async (number) => {
  at = Math.min(Math.max(number, 0), spots.length - 1);
  body.innerHTML = await server.report(spots[at]).catch(() => "");
  if (!body.innerHTML) body.textContent = t("offline");
  position.textContent = t("panel_position", { number: at + 1, count: spots.length });
  back.disabled = at === 0;
  forth.disabled = at === spots.length - 1;
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.querySelector("mark.spot")?.scrollIntoView({ block: "center" });
};

// Opens the report of a spot; the others are reached with the arrows.
window.chengwen.openReport = async (all, number, from) => {
  [spots, opener] = [all, from];
  closed(close);
  opened(close);
  await go(number);
  panel.querySelector(".close").focus({ preventScroll: true });
};

panel.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.go) go(at + Number(button.dataset.go));
  else if (button?.classList.contains("close")) close();
});
panel.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && spots[at + step]) { event.preventDefault(); go(at + step); }
});

element.querySelector("#language").addEventListener("click", (event) => {
  event.preventDefault();
  location.href = (language === "en" ? "./" : "en") + location.search;
});
element.querySelector("#theme").addEventListener("click", () => {
  const dark = !document.body.classList.contains("dark");
  look(dark);
  store.write("dark", dark);
});
element.querySelector("#meeting-start").addEventListener("click", () => window.chengwen.meet());
if (store.read("dark", null) !== null) look(store.read("dark", false));
if (link.get("tab")) setTimeout(() => show(link.get("tab")), 0);
