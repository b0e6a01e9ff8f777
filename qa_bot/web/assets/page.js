/* The page's own script: one click handler for everything marked data-act, the document dialog,
   copying, the switches. Texts come from the server already escaped. */
(() => {
  "use strict";
  const LANGUAGE = "qa-bot-language";
  const SHADE = "qa-bot-shade";
  const OPEN = "qa-bot-conversation";
  const WARNED_MS = 10_000;
  let bridge = null;

  const one = (selector, root) => (root || document).querySelector(selector);
  const say = (words) => {
    const line = one(".qb-status");
    if (line) { line.textContent = ""; setTimeout(() => { line.textContent = words; }, 60); }
  };
  const said = (name) => one(".qb-status")?.dataset[name] || "";
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  /* The open conversation of this browser tab comes back when the page is loaded anew. */
  const keepOpen = (name) => { try { sessionStorage.setItem(OPEN, name); } catch { /* private window */ } };
  const keptOpen = () => { try { return sessionStorage.getItem(OPEN); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

  function shade(dark) {
    document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }

  function isDark() { return document.body.classList.contains("dark"); }

  function speak(language) {
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  }

  /* A sentence that everybody sees, for a while. */
  function warn(words) {
    one(".qb-warning")?.remove();
    const line = document.createElement("p");
    line.className = "qb-warning";
    line.setAttribute("role", "alert");
    line.textContent = words;
    (one("dialog[open]") || document.body).append(line);
    setTimeout(() => line.remove(), WARNED_MS);
  }

  /* Gradio says nothing where the server refuses an event that does not wait in its queue. */
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const answer = await fetched(...request);
    if (!answer.ok && /\/gradio_api\/(?!queue\/)/.test(answer.url)) {
      answer.clone().json().then(({ error }) => error && warn(error)).catch(() => {});
    }
    return answer;
  };

  async function copy(button) {
    let done = true;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const area = document.createElement("textarea");
      area.value = button.dataset.copy;
      (one("dialog[open]") || document.body).append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const words = button.textContent;
    const result = said(done ? "copied" : "copyFailed");
    say(result);
    if (words !== result) {
      button.textContent = result;
      setTimeout(() => { button.textContent = words; }, 1600);
    }
  }

  function reach(element, block = "center") {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
    element.focus({ preventScroll: true });
  }

  /* The quoted words of the panel into the visible part of their box. */
  function showMark() {
    const clause = one("#qb-panel .qb-clause");
    const mark = clause && one("mark", clause);
    if (mark) clause.scrollTop += mark.getBoundingClientRect().top - clause.getBoundingClientRect().top - 40;
  }

  async function open(data) {
    const dialog = one(".qb-dialog");
    const body = one(".qb-dialog-body", dialog);
    body.textContent = "";
    if (!dialog.open) dialog.showModal();
    dialog.setAttribute("aria-busy", "true");
    try {
      const language = document.documentElement.lang === "en" ? "en" : "zh";
      const whole = await bridge.server.whole_document({
        clause: data.clause || "", quote: data.quote || "", language });
      if (whole === undefined) throw new Error("no document came");
      body.innerHTML = whole;
      const target = one("[aria-current]", body);
      if (target) {
        const tall = target.offsetHeight > body.clientHeight * 0.8;
        (tall && one("mark", target) || target).scrollIntoView({ block: tall ? "start" : "center" });
        target.focus({ preventScroll: true });
      }
    } catch {
      body.textContent = said("notLoaded");
    }
    dialog.removeAttribute("aria-busy");
  }

  const acts = {
    cite: (data) => bridge.trigger("cite", { turn: Number(data.turn), number: Number(data.number) }),
    ask: (data) => bridge.trigger("ask", { question: data.question }),
    open,
    copy: (_, button) => copy(button),
    close: () => one(".qb-dialog").close(),
    print: () => window.print(),
    jump: (_, link) => {
      const target = document.getElementById(link.getAttribute("href").slice(1));
      if (target) reach(target);
    },
    document: (data) => bridge.trigger("document", { document: data.document }),
    vote: (data, button) => {
      button.closest("details")?.removeAttribute("open");
      bridge.trigger("vote", { turn: Number(data.turn), vote: Number(data.vote), reason: data.reason || "" });
      say(said("thanks"));
    },
    resume: (data) => { keepOpen(data.conversation); bridge.trigger("resume", { conversation: data.conversation }); },
    forget: (data) => {
      if (window.confirm(said("forgetSure"))) bridge.trigger("forget", { conversation: data.conversation });
    },
    sort: (data) => bridge.trigger("sort", { column: data.column }),
    language: (data) => { 
      store(LANGUAGE, data.language);
      speak(data.language);
      bridge.trigger("language", { language: data.language });
    },
    shade: () => { shade(!isDark()); store(SHADE, isDark() ? "dark" : "light"); },
  };

  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-act]");
    if (element && acts[element.dataset.act] && bridge) {
      event.preventDefault();
      acts[element.dataset.act](element.dataset, element);
    } else if (event.target.classList?.contains("qb-dialog")) {
      event.target.close();
    }
  });

  window.qaBot = {
    /* Called by the bridge component when Gradio has put it into the page. */
    connect(trigger, server) {
      bridge = { trigger, server };
      const chosen = stored(SHADE);
      if (chosen) shade(chosen === "dark");
      const language = stored(LANGUAGE);
      speak(language);
      trigger("start", { language, conversation: keptOpen() || "" });
    },
    /* After an answer: speak its end, bring its beginning into view. */
    answered(words) {
      setTimeout(() => {
        const turns = document.querySelectorAll("#qb-log .qb-turn");
        turns[turns.length - 1]?.scrollIntoView({ block: "nearest" });
        showMark();
        keepOpen(one("#qb-log .qb-log")?.dataset.conversation || "");
        say(words || "");
      }, 80);
    },
    renewed() {
      keepOpen("");
      one("#qb-question textarea").focus();
    },
    /* After a document of the library was opened: its clause, or its beginning on a phone. */
    documentShown() {
      setTimeout(() => {
        const shown = one("#qb-reading .qb-document");
        const target = shown && (one("[aria-current]", shown) || (innerWidth < 900 && shown));
        const tall = target && target.offsetHeight > innerHeight * 0.6;
        if (target) reach(target, tall ? "start" : "center");
      }, 80);
    },
    /* After a citation was clicked: the panel, which on a phone stands below. */
    sourceShown() {
      setTimeout(() => {
        const panel = one("#qb-panel .qb-sources");
        if (!panel) return;
        panel.focus({ preventScroll: true });
        if (panel.getBoundingClientRect().top > innerHeight * 0.6 || innerWidth < 900) {
          panel.scrollIntoView({ block: "start" });
        }
        showMark();
      }, 80);
    },
  };
})();
