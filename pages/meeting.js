// Meeting mode: prepared questions on the whole screen, one at a time, with keys for next and back and nothing else in sight.
// `element` holds both the stage and the list of questions, which stays in this browser.
const { t, store, link, opened, closed } = window.chengwen;
const stage = element.querySelector("#stage");
const sheet = element.querySelector("#prepare");
const list = sheet.querySelector("textarea");
document.body.append(stage, sheet); // above everything, wherever the tab is
let questions = [], at = 0, round = 0, opener = null;

const draw = async () => {
  const mine = ++round;
  stage.querySelector("h2").textContent = questions[at] ?? t("meeting");
  stage.querySelector(".count").textContent = questions.length ? `${at + 1} / ${questions.length}` : "";
  stage.querySelector('[data-go="-1"]').disabled = at === 0;
  stage.querySelector('[data-go="1"]').disabled = at >= questions.length - 1;
  const shown = stage.querySelector(".shown");
  if (!questions.length) { shown.textContent = t("meeting_empty"); return; }
  const found = await window.chengwen.present(questions[at]);
  if (mine !== round) return; // a later question was called for meanwhile
  if (found.error) shown.textContent = found.error;
  else shown.innerHTML = found.html;
  shown.scrollTop = 0;
};
const go = (step) => {
  const next = Math.min(Math.max(at + step, 0), Math.max(questions.length - 1, 0));
  if (next === at && questions.length) return;
  at = next;
  link.set({ slide: at ? String(at + 1) : "" });
  draw();
};
const leave = () => {
  stage.hidden = true;
  closed(leave);
  link.set({ mode: "", slide: "" });
  if (document.fullscreenElement) document.exitFullscreen();
  opener?.focus();
};
window.chengwen.meet = () => {
  opener = document.activeElement;
  questions = store.read("meeting", null) ?? window.chengwen.questions?.() ?? [];
  at = Math.min(Math.max(Number(link.get("slide")) - 1, 0), Math.max(questions.length - 1, 0));
  stage.hidden = false;
  opened(leave);
  link.set({ mode: "meeting" });
  stage.focus();
  stage.requestFullscreen?.().catch(() => {}); // refused without a click; the stage fills the window all the same
  draw();
};
document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement && !stage.hidden) leave(); });
const KEYS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
document.addEventListener("keydown", (event) => {
  if (stage.hidden || !(event.key in KEYS) || (event.key === " " && event.target.closest("button"))) return;
  event.preventDefault();
  go(KEYS[event.key]);
});
stage.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.go) go(Number(button.dataset.go));
  else if (button?.classList.contains("leave")) leave();
});

// The list of questions
const shut = () => { sheet.close(); closed(shut); };
const written = () => list.value.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 100);
window.chengwen.prepare = () => {
  list.value = (store.read("meeting", null) ?? window.chengwen.questions?.() ?? []).join("\n");
  sheet.showModal();
  opened(shut);
};
sheet.addEventListener("cancel", (event) => { event.preventDefault(); shut(); });
sheet.addEventListener("click", (event) => {
  const what = event.target.closest("button")?.dataset.do;
  if (what === "take") list.value = (window.chengwen.questions?.() ?? []).join("\n");
  if (what === "save" || what === "start") store.write("meeting", written());
  if (what && what !== "take") shut();
  if (what === "start") window.chengwen.meet();
});
document.addEventListener("click", (event) => { if (event.target.closest("#prepare-open")) window.chengwen.prepare(); });
