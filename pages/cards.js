// What the buttons of an answer card do. `element` is the feed, `server.report` gives a whole report as HTML.
const panel = document.createElement("aside");
panel.id = "report-panel";
panel.hidden = true;
panel.tabIndex = -1;
panel.setAttribute("role", "dialog");
panel.setAttribute("aria-label", "原文");
document.body.appendChild(panel);
let opener = null;

const close = () => {
  panel.hidden = true;
  if (opener) opener.focus();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) close();
});

const open = async (button) => {
  opener = button;
  panel.innerHTML = await server.report(button.closest(".hit").dataset.spot);
  panel.hidden = false;
  panel.querySelector(".close").addEventListener("click", close);
  const spot = panel.querySelector("mark.spot");
  if (spot) spot.scrollIntoView({ block: "center" });
  panel.querySelector(".close").focus({ preventScroll: true });
};

const ask = (text) => {
  const box = document.querySelector("#question textarea");
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector("#ask").click(), 60);
};

element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const what = button.dataset.do;
  if (what === "open") await open(button);
  else if (what === "ask" || what === "replace") ask(button.dataset.text);
  else if (what === "place") ask(button.dataset.value + "：" + JSON.parse(button.closest(".turn").querySelector(".asked").dataset.state).topic);
  else if (what === "cite") {
    const old = button.textContent;
    try { await navigator.clipboard.writeText(button.dataset.text); button.textContent = "已复制"; }
    catch { button.textContent = "浏览器不让复制"; }
    setTimeout(() => { button.textContent = old; }, 1500);
  }
});

// Enter while an input method is choosing characters belongs to the input method, not to the page.
for (const kind of ["keydown", "keypress"]) {
  document.addEventListener(kind, (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
  }, true);
}
