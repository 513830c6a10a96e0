// What every tab shares: language, texts, the address (deep links), small storage, look, and switching tabs.
// Runs in the head, before the page is built; the texts are put in front of it by pages/frame.py.
window.chengwen = (() => {
  const language = location.pathname.replace(/\/+$/, "").endsWith("/en") ? "en" : "zh";
  const own = window.chengwenTexts[language];
  const t = (key, values = {}) => (own[key] ?? key).replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);

  const store = {
    read(key, other) {
      try { return JSON.parse(localStorage.getItem("chengwen." + key)) ?? other; } catch { return other; }
    },
    write(key, value) {
      try { localStorage.setItem("chengwen." + key, JSON.stringify(value)); } catch { /* a full or forbidden storage loses history, nothing else */ }
    },
  };

  // The address holds tab, question, filters and mode, so that it can be sent to a colleague.
  const link = {
    get: (key) => new URLSearchParams(location.search).get(key) ?? "",
    all: (key) => new URLSearchParams(location.search).getAll(key),
    set(values) {
      const found = new URLSearchParams(location.search);
      for (const [key, value] of Object.entries(values)) {
        found.delete(key);
        for (const one of [value].flat()) if (one) found.append(key, one);
      }
      const search = found.toString();
      history.replaceState(history.state, "", location.pathname + (search ? "?" + search : ""));
    },
  };

  const TABS = ["ask", "compare", "library"];
  const tabs = () => [...document.querySelectorAll('.tab-container[role="tablist"] [role="tab"]')].filter((tab) => tab.offsetParent);
  const show = (name) => tabs()[TABS.indexOf(name)]?.click();
  document.addEventListener("click", (event) => {
    const place = tabs().indexOf(event.target.closest('[role="tab"]'));
    if (place >= 0) link.set({ tab: place ? TABS[place] : "" });
  });

  const look = (dark) => document.body.classList.toggle("dark", dark);
  const dark = store.read("dark", null);
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    document.title = t("title");
    if (dark !== null) look(dark);
  });

  // A file that a server function made, {name, mime, base64}.
  const save = ({ name, mime, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([bytes], { type: mime }));
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
  };

  // Calls a server function with an object; a lost connection and an error come back as {error}.
  const call = async (server, name, request) => {
    try { return JSON.parse(await server[name](JSON.stringify(request))); }
    catch { return { error: t("offline") }; }
  };

  const copy = async (button) => {
    const old = button.textContent;
    try { await navigator.clipboard.writeText(button.dataset.text); button.textContent = t("copied"); }
    catch { button.textContent = t("copy_failed"); }
    setTimeout(() => { button.textContent = old; }, 1500);
  };

  // Esc closes what was opened last.
  const closers = [];
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && closers.length && !event.isComposing) { event.preventDefault(); closers[closers.length - 1](); }
  });
  const opened = (close) => closers.push(close);
  const closed = (close) => { const at = closers.indexOf(close); if (at >= 0) closers.splice(at, 1); };

  // Enter belongs to the input method while it is choosing characters.
  const sends = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;

  // The compare tab's script starts when the tab is first shown; a question handed over before waits for it.
  const compare = (question) => {
    show("compare");
    window.chengwen.handed = question;
    window.chengwen.takeHanded?.();
  };

  return { compare, language, t, store, link, show, look, save, call, copy, opened, closed, sends, TABS };
})();
